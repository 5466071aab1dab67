/**
 * Reads what pitboot has recorded in the state directory.
 *
 * @module
 */

import { causeShape } from "../document/cause.ts";
import type { Cause } from "../document/document.ts";
import { orElse } from "../document/problems.ts";
import { acceptedBefore, type Accepts } from "../images/accepted_files.ts";
import { ifThere } from "../io/failures.ts";
import { readParsed, readRecord } from "../io/record.ts";
import type { Root } from "../io/root.ts";
import { dictionary, object, type Shape } from "../text/shape.ts";
import { parseGeneration } from "./generation_log.ts";
import type { StoredGeneration } from "./generations.ts";
import { checkOwnState } from "./own_state.ts";
import { recordsShape, type ScriptRecords } from "./script_records.ts";
import { causesPath, generationPath, generationsIn, recordsPath } from "./state_paths.ts";

/** The file of causes. */
export const causesShape: Shape<{ readonly causes: Readonly<Record<string, Cause>> }> = object({
  causes: dictionary(causeShape),
});

/**
 * Reads which scripts are ours.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @throws {Failure} If there are records and they cannot be read, or may not be root's.
 */
export function readRecords(root: Root, directory: string): ScriptRecords {
  const hint =
    `without it pitboot cannot tell an edited script from its own: fix it, or move it away; edited scripts are then saved in ${directory}/saved and replaced, but for those that keep disks (metal.no-wipe)`;
  checkOwnState(root, directory);
  const record = readRecord(root, recordsPath(directory), recordsShape, hint);
  return new Map(Object.entries(record?.scripts ?? {}));
}

/**
 * Reads why nodes were not served when somebody last tried.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @returns By node; nothing where that cannot be read, for nothing depends on it.
 */
export function readCauses(root: Root, directory: string): ReadonlyMap<string, Cause> {
  const path = causesPath(directory);
  const record = orElse(() => {
    checkOwnState(root, directory);
    return readRecord(root, path, causesShape, "remove it");
  }, () => null);
  return new Map(Object.entries(record?.causes ?? {}));
}

/**
 * Lists the generations that are kept.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @returns Their numbers, the oldest first.
 * @throws {Failure} If they cannot be listed, or may not be root's.
 */
export function listGenerations(root: Root, directory: string): number[] {
  checkOwnState(root, directory);
  const entries = ifThere(() => root.list(generationsIn(directory), MOVE_AWAY)) ?? [];
  return entries.flatMap(({ name }) => /^[1-9]\d*\.json$/.test(name) ? [parseInt(name)] : [])
    .sort((a, b) => a - b);
}

/**
 * Makes a mark that is another one after each change.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @throws If it cannot be told.
 */
export function newestMark(root: Root, directory: string): string {
  const newest = listGenerations(root, directory).at(-1);
  if (newest === undefined) return "";
  const { id, size, modified } = root.stat(generationPath(directory, newest));
  return [newest, id, size, modified].join(" ");
}

/**
 * Reads generations.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @returns The oldest first.
 * @throws {Failure} If one cannot be read.
 */
export function readGenerations(root: Root, directory: string): StoredGeneration[] {
  return listGenerations(root, directory)
    .flatMap((number) => readGeneration(root, directory, number) ?? []);
}

/**
 * Reads the newest generations, back to one that was not interrupted.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @returns The oldest first.
 * @throws {Failure} If one cannot be read.
 */
export function readLastGenerations(root: Root, directory: string): StoredGeneration[] {
  const last: StoredGeneration[] = [];
  for (const number of listGenerations(root, directory).reverse()) {
    const generation = readGeneration(root, directory, number);
    if (generation) last.unshift(generation);
    if (generation?.ended) break;
  }
  return last;
}

/**
 * Takes the files of images that were taken on somebody's word, as history has it.
 *
 * @param root The file system.
 * @param directory The state directory; where it cannot be read, nothing is taken.
 */
export function acceptedByHistory(root: Root, directory: string): Accepts {
  return acceptedBefore(() =>
    orElse(() => readLastGenerations(root, directory).at(-1)?.accepted ?? [], () => [])
  );
}

/**
 * Reads a generation.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @param number Its number.
 * @returns `null` if there is none.
 * @throws {Failure} If it cannot be read.
 */
export function readGeneration(
  root: Root,
  directory: string,
  number: number,
): StoredGeneration | null {
  const path = generationPath(directory, number);
  return readParsed(root, path, { parse: parseGeneration, hint: MOVE_AWAY });
}

const MOVE_AWAY = "move it away: pitboot can then not undo what it recorded";
