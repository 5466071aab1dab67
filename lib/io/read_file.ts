/**
 * Reads files that may be something else than they should be. A read of a FIFO
 * waits for a writer where nothing can interrupt it, and one of a device may
 * never end: they are not even opened.
 *
 * @module
 */

import { UnfitFile } from "./failures.ts";
import { type Stat, statOf } from "./stat.ts";

/**
 * The most that is read of one file, in bytes. What pitboot reads of a system
 * with 10,000 nodes has 10 MB.
 */
export const MOST_BYTES = 64 * 1024 * 1024;
/** How often a file may be replaced between two looks at it. */
const READ_TRIES = 10;

const FILE_KINDS = [
  ["isSymlink", "link"],
  ["isFifo", "FIFO"],
  ["isSocket", "socket"],
  ["isCharDevice", "device"],
  ["isBlockDevice", "device"],
] as const;

/**
 * Opens a regular file of any size, perhaps behind a link.
 *
 * @param real Its real path.
 * @throws {UnfitFile} If it is something else.
 * @throws What opening throws.
 */
export function openFile(real: string): Deno.FsFile {
  return openSeen(real).file;
}

/** A file that is open, and what it is: not what lies at its path by now. */
interface SeenFile {
  readonly file: Deno.FsFile;
  readonly stat: Stat;
}

function openSeen(real: string): SeenFile {
  for (let left = READ_TRIES; left > 0; left--) {
    const seen = Deno.statSync(real);
    checkKind(seen);
    const file = Deno.openSync(real);
    const stat = statOf(file.statSync());
    if (stat.id === statOf(seen).id) return { file, stat };
    file.close();
  }
  throw new UnfitFile("is replaced again and again");
}

/**
 * Makes sure that a file which is to be written is a regular one, or not there:
 * to open a FIFO waits for a reader, and the mode of a device is not ours to set.
 *
 * @param real Its real path.
 * @throws {UnfitFile} If it is something else.
 */
export function checkWritable(real: string): void {
  try {
    checkKind(Deno.statSync(real));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Reads a regular file.
 *
 * @param real Its real path.
 * @throws {UnfitFile} If it is something else, or too large.
 * @throws What opening and reading throw.
 */
export function readFile(real: string): Uint8Array<ArrayBuffer> {
  return readSeen(real).bytes;
}

/**
 * Reads a regular file, and what it is: both are of one file, whatever is put in its
 * place meanwhile.
 *
 * @param real Its real path.
 * @param most The most bytes that it may have.
 * @throws {UnfitFile} If it is something else, or too large.
 * @throws What opening and reading throw.
 */
export function readSeen(
  real: string,
  most = MOST_BYTES,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly stat: Stat } {
  const { file, stat } = openSeen(real);
  using _file = file;
  return { stat, bytes: readToEnd(file, stat.size, most) };
}

/**
 * Reads what is open to its end.
 *
 * @param file An open file.
 * @throws {UnfitFile} If it is too large, or does not end.
 * @throws What reading throws.
 */
export function readOpenFile(file: Deno.FsFile): Uint8Array<ArrayBuffer> {
  return readToEnd(file, file.statSync().size, MOST_BYTES);
}

function readToEnd(file: Deno.FsFile, size: number, most: number): Uint8Array<ArrayBuffer> {
  if (size > most) throw tooLarge(most);
  let filled = 0;
  // One byte for the end. Files of the kernel say that they have none at all.
  for (let bytes = new Uint8Array(size + 1);; bytes = twice(bytes)) {
    filled += readUntilFull(file, bytes.subarray(filled));
    if (filled > most) throw tooLarge(most);
    if (filled < bytes.length) return bytes.subarray(0, filled);
  }
}

/**
 * Reads a part of what is open.
 *
 * @param file An open file.
 * @param offset Where the part begins.
 * @param length Its length in bytes.
 * @returns Less where the file ends before.
 * @throws What reading throws.
 */
export function readPart(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readInto(file, offset, bytes));
}

/**
 * Reads a part of what is open into memory that is there already.
 *
 * @param file An open file.
 * @param offset Where the part begins.
 * @param bytes As many as are read.
 * @returns How many were read: less where the file ends before.
 * @throws What reading throws.
 */
export function readInto(file: Deno.FsFile, offset: number, bytes: Uint8Array): number {
  file.seekSync(offset, Deno.SeekMode.Start);
  return readUntilFull(file, bytes);
}

/** Reads until there is no room, or no more to read; one call may read only a part. */
function readUntilFull(file: Deno.FsFile, bytes: Uint8Array): number {
  let filled = 0;
  while (filled < bytes.length) {
    const count = file.readSync(bytes.subarray(filled));
    if (!count) break;
    filled += count;
  }
  return filled;
}

function twice(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}

/**
 * Reads a stream of text to its end.
 *
 * @param stream For instance standard input.
 * @throws {UnfitFile} If it does not end.
 * @throws What reading throws.
 */
export async function readStream(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for await (const bytes of stream) {
    size += bytes.length;
    if (size > MOST_BYTES) throw tooLarge();
    parts.push(decoder.decode(bytes, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

/**
 * Tells whether a path is a pipe that a shell has made: `<(COMMAND)`. Opening
 * it does not wait, and a read can be interrupted.
 *
 * @param real Its real path.
 */
export function isShellPipe(real: string): boolean {
  try {
    return Deno.readLinkSync(real).startsWith("pipe:[");
  } catch {
    return false; // no link
  }
}

/**
 * Makes sure that something is a regular file.
 *
 * @param info What is known of it; of a link itself, it is none.
 * @throws {UnfitFile} If it is something else.
 */
export function checkKind(info: Deno.FileInfo): void {
  if (info.isFile) return;
  if (info.isDirectory) throw new Deno.errors.IsADirectory();
  const [, kind = "something else"] = FILE_KINDS.find(([is]) => info[is]) ?? [];
  throw new UnfitFile(`is not a regular file but a ${kind}`);
}

/** The error of a file that is larger than so many bytes. */
export function tooLarge(most = MOST_BYTES): UnfitFile {
  return new UnfitFile(`is larger than ${most / 1024 / 1024} MiB`);
}

/**
 * Makes sure that something is a directory, perhaps behind a link.
 *
 * @param real Its real path.
 * @throws {Deno.errors.NotADirectory} If it is something else.
 * @throws What looking at it throws.
 */
export function checkDirectory(real: string): void {
  if (!Deno.statSync(real).isDirectory) throw new Deno.errors.NotADirectory();
}
