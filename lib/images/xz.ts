/**
 * Headers, index and footer of an xz file, the initrd of a node.
 *
 * Format: "The .xz File Format" 1.2.1.
 *
 * @module
 */

import { textOfBytes, viewOfBytes } from "../text/byte_text.ts";
import { FormatError } from "../text/format_error.ts";

/** Reads bytes of a file; fewer at its end. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

/** The size of the header of a stream, and of its footer. */
export const XZ_HEADER_BYTES = 12;

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
/** What `xz </dev/null` writes: header, an index without records, footer. */
const EMPTY_BYTES = 32;
/** The index of an image of some gigabytes is smaller. */
const MOST_INDEX_BYTES = 1024 * 1024;
/** The last name of a cpio archive. */
export const TRAILER = "TRAILER!!!";

/** How the content of a stream is checked, by the number in its flags. */
const CHECKS: Readonly<Record<number, string>> = { 4: "CRC64", 10: "SHA-256" };
/** Linux knows of none, and of CRC32. */
const KNOWN_TO_LINUX: ReadonlySet<number> = new Set([0, 1]);

const CUT = "is truncated: an xz file ends in YZ, this one does not";

/** Tells whether bytes begin like an xz file. */
export function isXz(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/**
 * Checks that a part of a file is whole xz streams, as far as the first header and
 * the last index tell, and that Linux can unpack them.
 *
 * @param read Reads bytes of the file.
 * @param part Where the first stream begins, and where the last one ends. Behind it
 * may be a cpio archive that is not compressed.
 * @param file Its name in messages.
 * @throws {FormatError} If it is not, or its end is missing.
 */
export function checkXz(
  read: ReadBytes,
  { begin, end }: { readonly begin: number; readonly end: number },
  file: string,
): void {
  const refuse = (message: string): never => {
    throw new FormatError(message, { file });
  };
  const header = read(begin, XZ_HEADER_BYTES);
  if (header.length < XZ_HEADER_BYTES) refuse(CUT);
  if (!hasSum(header, 8, header.subarray(6, 8))) {
    refuse("is damaged: the checksum of its xz header is wrong");
  }
  checkFlags(header.subarray(6), refuse);
  const footer = read(Math.max(end - XZ_HEADER_BYTES, begin), XZ_HEADER_BYTES);
  if (textOfBytes(footer.subarray(-TRAILER.length)) === TRAILER) return;
  if (footer.length < XZ_HEADER_BYTES || textOfBytes(footer.subarray(10)) !== "YZ") {
    refuse(CUT);
  }
  if (!hasSum(footer, 0, footer.subarray(4, 10))) {
    refuse("is damaged: the checksum of its xz footer is wrong");
  }
  checkFlags(footer.subarray(8), refuse);
  const start = startOf(read, footer, end);
  const other = read(Math.max(start ?? begin, 0), XZ_HEADER_BYTES);
  const isOne = start === null || (start >= begin && isXz(other));
  if (!isOne || other[6] !== footer[8] || other[7] !== footer[9]) {
    refuse("is damaged: its xz header and footer do not match");
  }
  if (end - begin === EMPTY_BYTES) refuse("is an xz file with nothing in it");
}

function checkFlags([, flags = 0]: Uint8Array, refuse: (message: string) => never): void {
  const check = flags & 0xf;
  if (KNOWN_TO_LINUX.has(check)) return;
  const name = CHECKS[check] ?? `number ${check}`;
  refuse(`has the xz check ${name}, with which Linux does not unpack it; use xz --check=crc32`);
}

/** Where the stream begins that ends somewhere; `null` if its index is too large to tell. */
function startOf(read: ReadBytes, footer: Uint8Array, end: number): number | null {
  const indexBytes = (viewOfBytes(footer).getUint32(4, true) + 1) * 4;
  if (indexBytes > MOST_INDEX_BYTES) return null;
  const index = read(Math.max(end - XZ_HEADER_BYTES - indexBytes, 0), indexBytes);
  const numbers = numbersOf(index.subarray(1, -4));
  const count = numbers.next().value ?? 0;
  let blocks = 0;
  for (let i = 0; i < count; i++) {
    const unpadded = numbers.next().value;
    numbers.next(); // what it comes to, unpacked
    if (unpadded === undefined) return -1;
    blocks += Math.ceil(unpadded / 4) * 4;
  }
  return end - 2 * XZ_HEADER_BYTES - indexBytes - blocks;
}

/** The numbers of variable length that bytes hold, seven bits to a byte. */
function* numbersOf(bytes: Uint8Array): Generator<number, undefined> {
  let [value, factor] = [0, 1];
  for (const byte of bytes) {
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte & 0x80) continue;
    yield value;
    [value, factor] = [0, 1];
  }
  return undefined;
}

function hasSum(bytes: Uint8Array, at: number, content: Uint8Array): boolean {
  return viewOfBytes(bytes).getUint32(at, true) === crc32(content);
}

/**
 * CRC32 as of IEEE 802.3, bit by bit: made for a handful of bytes.
 *
 * @param bytes What to sum up.
 * @returns An unsigned 32-bit number.
 */
export function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}
