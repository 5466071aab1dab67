/**
 * Reads a JSON object from bytes that somebody else may want to read: in
 * `while read name; do pitboot …; done <list` our standard input is the list. What
 * begins as something else is left to its owner, as far as that can be done.
 *
 * @module
 */

import { UnfitFile } from "./failures.ts";
import { readStream } from "./read_file.ts";
import { LATE, within } from "./within.ts";

/** Bytes that others read, too. */
export interface SharedInput {
  /**
   * Reads on.
   *
   * @param buffer Takes what is read.
   * @returns How many bytes that were; `null` at the end.
   */
  read(buffer: Uint8Array): Promise<number | null>;
  /**
   * All of a regular file, also what was read before us. Nobody's place in it is moved.
   *
   * @returns `null` if it is something else, of which a byte that is read is gone.
   */
  whole(): Promise<Uint8Array | null>;
  /** Whether nobody gave it: it is closed, or `/dev/null`. */
  isNothing(): Promise<boolean>;
}

/** The error of input that is not a JSON object. */
export class NoObject extends UnfitFile {
  /**
   * @param line Its first line that is not blank.
   * @param isTaken Whether other readers have lost that line.
   */
  constructor(readonly line: string, readonly isTaken: boolean) {
    super("is not a JSON object");
  }
}

const [NEWLINE, BRACE] = [0x0a, 0x7b];
/** What JSON allows in front, and the mark that some editors begin a file with. */
const BLANKS: readonly number[] = [0x09, NEWLINE, 0x0d, 0x20, 0xef, 0xbb, 0xbf];
/** More than that of a line is not shown. */
const MOST_OF_LINE = 500;
/** How long each next byte of a line may take. */
const LINE_MS = 200;

/**
 * Reads to the end, if what is there begins as an object.
 *
 * @param input For instance standard input.
 * @param mayBeList Whether to look at a regular file as a whole first: that takes as
 * long as half the start of a program.
 * @returns All of it, or an empty text where there is nothing.
 * @throws {NoObject} If it begins as something else. Of a regular file nothing was
 * read then, of anything else one line: half a name would do more harm to the reader of
 * the next one than none.
 * @throws {UnfitFile} If it does not end.
 * @throws What reading throws.
 */
export async function readObject(input: SharedInput, mayBeList: boolean): Promise<string> {
  const whole = mayBeList ? await input.whole() : null;
  if (whole) checkLines(new TextDecoder().decode(whole));
  let first = await readByte(input);
  while (first !== null && BLANKS.includes(first)) first = await readByte(input);
  if (first === null) return "";
  if (first !== BRACE) throw new NoObject(await readFirstLine(input, first), true);
  return "{" + await readStream(restOf(input));
}

/** The offset in a file is not known: an object may begin at any of its lines. */
function checkLines(text: string): void {
  const [line] = /\S.*/.exec(text) ?? [];
  if (line !== undefined && !/^\s*\{/m.test(text)) throw new NoObject(line.trimEnd(), false);
}

async function readByte(input: SharedInput): Promise<number | null> {
  const byte = new Uint8Array(1);
  return await input.read(byte) ? byte[0] ?? null : null;
}

async function readFirstLine(input: SharedInput, first: number): Promise<string> {
  const bytes = [first];
  while (bytes.length < MOST_OF_LINE) {
    const byte = await within(readByte(input), { milliseconds: LINE_MS });
    if (byte === LATE || byte === null || byte === NEWLINE) break;
    bytes.push(byte);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes)).trimEnd();
}

/** A part is to be used before the next one is asked for. */
async function* restOf(input: SharedInput): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const count = await input.read(buffer);
    if (count === null) return;
    yield buffer.subarray(0, count);
  }
}
