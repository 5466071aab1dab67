/**
 * Header and footer of an xz file, the initrd of a node.
 *
 * Format: "The .xz File Format" 1.2.1. A newc cpio archive with CPU microcode
 * may come before it (Documentation/arch/x86/microcode.rst of Linux).
 *
 * @module
 */

import { FormatError } from "../text/format_error.ts";

/** How many bytes from either end {@linkcode checkXz} wants to see. */
export const XZ_HEADER_BYTES = 12;

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const CPIO_MAGIC = "070701";

/**
 * Checks that a file is a whole xz stream, as far as its ends can tell.
 *
 * @param head The first {@linkcode XZ_HEADER_BYTES} bytes, fewer if the file
 * is shorter.
 * @param tail The last as many bytes.
 * @param file Its name in messages.
 * @throws {FormatError} If it is something else, or its end is missing.
 */
export function checkXz(head: Uint8Array, tail: Uint8Array, file: string): void {
  const isXz = MAGIC.every((byte, i) => head[i] === byte);
  const isCpio = CPIO_MAGIC === String.fromCharCode(...head.subarray(0, 6));
  if (!isXz && !isCpio) {
    throw new FormatError("is not an xz file: no FD 37 7A 58 5A 00 at its start", { file });
  }
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (tail.length < XZ_HEADER_BYTES || view.getUint16(10) !== 0x595a) { // "YZ"
    throw new FormatError("is truncated: an xz file ends in YZ, this one does not", { file });
  }
  if (view.getUint32(0, true) !== crc32(tail.subarray(4, 10))) {
    throw new FormatError("is damaged: the checksum of its xz footer is wrong", { file });
  }
  if (!isXz) return; // where xz begins after a cpio archive is not searched for
  const header = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < XZ_HEADER_BYTES || header.getUint32(8, true) !== crc32(head.subarray(6, 8))) {
    throw new FormatError("is damaged: the checksum of its xz header is wrong", { file });
  }
  if (head[6] !== tail[8] || head[7] !== tail[9]) {
    throw new FormatError("is damaged: xz header and footer do not belong together", { file });
  }
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
