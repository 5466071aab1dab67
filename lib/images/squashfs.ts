/**
 * The superblock of a squashfs image, the root filesystem of a node.
 *
 * Format: 96 bytes, little-endian; Documentation/filesystems/squashfs.rst of
 * Linux. mksquashfs writes it last: until then there are zeros in its place.
 *
 * @module
 */

import { FormatError } from "../text/format_error.ts";

/** How many bytes from the start {@linkcode checkSquashfs} wants to see. */
export const SUPERBLOCK_BYTES = 96;

const LZMA = 2;
/** gzip, lzo, xz, lz4, zstd. */
const COMPRESSORS: ReadonlySet<number> = new Set([1, 3, 4, 5, 6]);

/**
 * Checks that a file is a whole squashfs image.
 *
 * @param head The first {@linkcode SUPERBLOCK_BYTES} bytes, fewer if the file
 * is shorter.
 * @param size The size of the file in bytes.
 * @param file Its name in messages.
 * @throws {FormatError} If it is not squashfs 4.x that Linux reads, still being written, or cut.
 */
export function checkSquashfs(head: Uint8Array, size: number, file: string): void {
  if (head.length < SUPERBLOCK_BYTES) {
    throw new FormatError(`${size} bytes are too few for a squashfs image`, { file });
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.every((byte) => byte === 0)) {
    throw new FormatError("begins with zeros: mksquashfs is still writing it, or was interrupted", {
      file,
    });
  }
  if (view.getUint32(0) !== 0x68737173) { // "hsqs"
    throw new FormatError("is not a squashfs image: no hsqs at its start", { file });
  }
  const major = view.getUint16(28, true);
  if (major !== 4) {
    throw new FormatError(`is squashfs version ${major}, expected 4`, { file });
  }
  const compressor = view.getUint16(20, true);
  if (!COMPRESSORS.has(compressor)) {
    const name = compressor === LZMA ? "lzma" : `compressor ${compressor}`;
    throw new FormatError(`is compressed with ${name}, which Linux cannot read`, { file });
  }
  const used = view.getBigUint64(40, true);
  if (used > BigInt(size)) {
    throw new FormatError(`is truncated: ${size} of ${used} bytes are there`, { file });
  }
}
