/**
 * Records: JSON files that pitboot writes for itself.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { parseJson, type Shape } from "../text/shape.ts";
import { type Advice, guarded, ifThere, UnfitFile, writeFailure } from "./failures.ts";
import type { Root } from "./root.ts";
import { WritableRoot } from "./writable_root.ts";
import { writeAll } from "./write_all.ts";

/**
 * Reads a record.
 *
 * @param shape The shape of its JSON.
 * @param hint What to do if it cannot be read.
 * @returns `null` if there is none.
 * @throws {Failure} If there is one and it cannot be read.
 */
export function readRecord<T>(root: Root, path: string, shape: Shape<T>, hint: string): T | null {
  return readParsed(root, path, { hint, parse: (text) => parseJson(text, shape) });
}

/**
 * Reads a file of records.
 *
 * @param root The file system.
 * @param path Where it is.
 * @param options `parse`: what its text means, or a `SyntaxError`; `hint`: what to do
 * if it cannot be read.
 * @returns `null` if there is none.
 * @throws {Failure} If there is one and it cannot be read.
 */
export function readParsed<T>(
  root: Root,
  path: string,
  { parse, hint }: { parse: (text: string) => T; hint: string },
): T | null {
  const text = ifThere(() => root.readText(path, hint));
  if (text === null) return null;
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Failure("file-invalid", { message: `${path}: ${error.message}`, hint }, error);
  }
}

/**
 * Writes a record, all of it or nothing.
 *
 * @param value A JSON value.
 * @param options What to do if it cannot be written; `mode`: its mode.
 * @returns Its length in bytes.
 * @throws {Failure} If it cannot be written.
 */
export function writeRecord(
  root: Root,
  path: string,
  value: unknown,
  { mode, ...advice }: Advice & { mode: number },
): number {
  const bytes = lineOf(value);
  new WritableRoot(root).replace(path, bytes, { mode, advice });
  return bytes.length;
}

/**
 * Adds a record to a file, on a line of its own; it is on disk when this returns.
 *
 * @param root The file system.
 * @param path Where it is.
 * @param value What the line is to hold.
 * @param options What to do if it cannot be written; `length`: of the file so far, in
 * bytes. If it is not that, nothing is added.
 * @returns The length of the file with it.
 * @throws {Failure} If it cannot be added; a part of the line may be left.
 */
export function appendRecord(
  root: Root,
  path: string,
  value: unknown,
  { length, ...advice }: Advice & { length: number },
): number {
  const bytes = lineOf(value);
  guarded(path, advice, () => {
    using file = Deno.openSync(root.real(path), { append: true });
    // Behind a torn line nobody could read it.
    if (file.statSync().size !== length) throw new UnfitFile("its last line may be torn");
    writeAll(file, bytes);
    file.syncSync();
  }, writeFailure);
  return length + bytes.length;
}

function lineOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}
