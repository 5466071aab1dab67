/**
 * The initrd of a node: what Linux unpacks at its start.
 *
 * Format: Documentation/driver-api/early-userspace/buffer-format.rst of Linux. It is
 * a row of newc cpio archives, compressed or not, with zeros between them; the first
 * one may hold CPU microcode.
 *
 * @module
 */

import { textOfBytes } from "../text/byte_text.ts";
import { FormatError } from "../text/format_error.ts";
import { checkXz, isXz, type ReadBytes, TRAILER, XZ_HEADER_BYTES } from "./xz.ts";

/** What else Linux unpacks: gzip, bzip2, lzma, lzo, lz4, zstd. How it ends is not known. */
const OTHERS = [
  [0x1f, 0x8b],
  [0x42, 0x5a],
  [0x5d, 0x00],
  [0x89, 0x4c],
  [0x02, 0x21, 0x4c, 0x18],
  [0x28, 0xb5, 0x2f, 0xfd],
] as const;

/**
 * Checks that Linux can unpack an initrd, as far as headers and ends tell.
 *
 * @param read Reads bytes of it.
 * @param size Its size in bytes.
 * @param file Its name in messages.
 * @throws {FormatError} If it is something else, or its end is missing.
 */
export function checkInitrd(read: ReadBytes, size: number, file: string): void {
  const begin = afterArchives(read, size, file);
  const head = read(begin, XZ_HEADER_BYTES);
  if (isXz(head)) return checkXz(read, { begin, end: endOf(read, size) }, file);
  if (OTHERS.some((magic) => magic.every((byte, i) => head[i] === byte))) return;
  if (begin >= size && size > 0) {
    throw new FormatError("holds nothing but an archive that is not compressed", { file });
  }
  const where = begin === 0 ? "at its start" : `behind its first archive, at ${begin}`;
  throw new FormatError(`is not an xz file: no FD 37 7A 58 5A 00 ${where}`, { file });
}

const NEWC = /^07070[12][0-9a-f]{104}$/i;
const NEWC_BYTES = 110;
/** More names than any archive in front of another one has. */
const MOST_ENTRIES = 100_000;

/** Where the first thing begins that is neither a bare archive nor zeros. */
function afterArchives(read: ReadBytes, size: number, file: string): number {
  let at = 0;
  for (let left = MOST_ENTRIES; left > 0; left--) {
    const header = textOfBytes(read(at, NEWC_BYTES));
    if (!NEWC.test(header)) return at;
    const field = (place: number): number => Number.parseInt(header.slice(place, place + 8), 16);
    const [bytes, nameBytes] = [field(54), field(94)];
    const isLast = textOfBytes(read(at + NEWC_BYTES, TRAILER.length)) === TRAILER;
    at = padded(padded(at + NEWC_BYTES + nameBytes) + bytes);
    if (at > padded(size)) {
      throw new FormatError("is truncated: its first archive ends early", { file });
    }
    if (isLast) at = pastZeros(read, at, size);
  }
  return at;
}

/** How much is looked at in one go. */
const CHUNK = 4096;

function pastZeros(read: ReadBytes, from: number, size: number): number {
  for (let at = from; at < size; at += CHUNK) {
    const found = read(at, CHUNK).findIndex((byte) => byte !== 0);
    if (found >= 0) return at + found;
  }
  return size;
}

/** Where the zeros begin that a file ends with. */
function endOf(read: ReadBytes, size: number): number {
  for (let end = size; end > 0; end -= CHUNK) {
    const begin = Math.max(end - CHUNK, 0);
    const found = read(begin, end - begin).findLastIndex((byte) => byte !== 0);
    if (found >= 0) return begin + found + 1;
  }
  return 0;
}

function padded(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}
