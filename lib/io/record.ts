/**
 * Records: JSON files that pitboot writes for itself.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { parseJson, type Shape } from "../text/shape.ts";
import { type Advice, guarded, ifThere, UnfitFile, writeFailure } from "./failures.ts";
import { MOST_BYTES, tooLarge } from "./read_file.ts";
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

/** How to write a record. */
export interface Recorded extends Advice {
  /** Reads what is to be written, as it will be read later: a `SyntaxError` if it cannot be. */
  readonly parse: (text: string) => unknown;
}

/**
 * Writes a record, all of it or nothing. What could not be read again is not written.
 *
 * @param value A JSON value.
 * @param options How, and what to do if it cannot be written; `mode`: its mode.
 * @returns Its length in bytes.
 * @throws {Failure} If it cannot be written, or could not be read again.
 */
export function writeRecord(
  root: Root,
  path: string,
  value: unknown,
  { mode, parse, ...advice }: Recorded & { mode: number },
): number {
  const bytes = new NewRecord(path, value, advice).checked(parse, 0);
  new WritableRoot(root).replace(path, bytes, { mode, advice });
  return bytes.length;
}

/**
 * Adds a record to a file, on a line of its own; it is on disk when this returns.
 *
 * @param root The file system.
 * @param path Where it is.
 * @param value What the line is to hold.
 * @param options How, and what to do if it cannot be written; `length`: of the file so
 * far, in bytes. If it is not that, nothing is added.
 * @returns The length of the file with it.
 * @throws {Failure} If it cannot be added, when a part of the line may be left, or could
 * not be read again.
 */
export function appendRecord(
  root: Root,
  path: string,
  value: unknown,
  { length, parse, ...advice }: Recorded & { length: number },
): number {
  const bytes = new NewRecord(path, value, advice).checked(parse, length);
  guarded(path, advice, () => {
    using file = Deno.openSync(root.place(path), { append: true });
    const { size } = file.statSync();
    // Behind a torn line nobody could read it.
    if (size > length) file.truncateSync(length);
    if (size < length) throw new UnfitFile("somebody has cut it");
    writeAll(file, bytes);
    file.syncSync();
  }, writeFailure);
  return length + bytes.length;
}

/** A record on its way to a file. */
class NewRecord {
  readonly #path: string;
  readonly #value: unknown;
  readonly #state: string | undefined;

  constructor(path: string, value: unknown, { state }: Advice) {
    this.#path = path;
    this.#value = value;
    this.#state = state;
  }

  /** Its bytes, if they can be read again behind so many others. */
  checked(parse: (text: string) => unknown, length: number): Uint8Array {
    const text = this.#text();
    const bytes = text === null ? null : new TextEncoder().encode(`${text}\n`);
    if (text === null || bytes === null || length + bytes.length > MOST_BYTES) throw this.#large();
    try {
      parse(text);
      return bytes;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw this.#refused(`it could not be read again: ${error.message}`, "report it");
    }
  }

  /** `null` if it is longer than any text. */
  #text(): string | null {
    try {
      return JSON.stringify(this.#value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  }

  #large(): Failure {
    return this.#refused(tooLarge().message.replace("is", "it would be"), FEWER);
  }

  #refused(reason: string, hint: string): Failure {
    const message = `${this.#path} cannot be written: ${reason}`;
    const whatToDo = [this.#state, hint].filter(Boolean).join("; ");
    return new Failure("file-unwritable", { message, hint: whatToDo });
  }
}

const FEWER = "change fewer nodes at once, with --nodes";
