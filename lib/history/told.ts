/**
 * Whether a rollback could say that it is done. One that could not (it was stopped or
 * killed at its very end, or its output was full) is repeated, as somebody who was told
 * nothing does: then it must not go one generation further.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { readRecord, writeRecord } from "../io/record.ts";
import type { Root } from "../io/root.ts";
import { integer, object, parseJson } from "../text/shape.ts";
import { UNWRITABLE } from "./lock_state.ts";
import { toldPath } from "./state_paths.ts";

const toldShape = object({ generation: integer });

/**
 * Reads of which generation a rollback has said last that it is done.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @returns Its number; 0 if that is not known.
 */
export function readTold(root: Root, directory: string): number {
  return unlessUnknown(() => readRecord(root, toldPath(directory), toldShape, "")?.generation) ?? 0;
}

/**
 * Records of which generation a rollback has said that it is done. Nothing depends on
 * it: where it is not recorded, the next rollback goes to the same generation again.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @param generation Its number.
 */
export function recordTold(root: Root, directory: string, generation: number): void {
  const value = { generation };
  const parse = (text: string): unknown => parseJson(text, toldShape);
  unlessUnknown(() =>
    writeRecord(root, toldPath(directory), value, { ...UNWRITABLE, mode: 0o600, parse })
  );
}

function unlessUnknown<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}
