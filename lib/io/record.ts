/**
 * Records: JSON files that pitboot writes for itself.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { parseJson, type Shape } from "../text/shape.ts";
import type { Advice } from "./failures.ts";
import type { Root } from "./root.ts";
import { WritableRoot } from "./writable_root.ts";

/**
 * Reads a record.
 *
 * @param shape The shape of its JSON.
 * @param hint What to do if it cannot be read.
 * @returns `null` if there is none.
 * @throws {Failure} If there is one and it cannot be read.
 */
export function readRecord<T>(root: Root, path: string, shape: Shape<T>, hint: string): T | null {
  try {
    return parseJson(root.readText(path, hint), shape);
  } catch (error) {
    if (error instanceof Failure && error.code === "file-missing") return null;
    if (!(error instanceof SyntaxError)) throw error;
    throw new Failure("file-invalid", { message: `${path}: ${error.message}`, hint }, error);
  }
}

/**
 * Writes a record, all of it or nothing.
 *
 * @param value A JSON value.
 * @param options What to do if it cannot be written; `mode`: its mode.
 * @throws {Failure} If it cannot be written.
 */
export function writeRecord(
  root: Root,
  path: string,
  value: unknown,
  { mode, ...advice }: Advice & { mode: number },
): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(value)}\n`);
  new WritableRoot(root).replace(path, bytes, { mode, advice });
}
