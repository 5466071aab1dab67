/**
 * The checksum of xz headers.
 *
 * @module
 */

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
