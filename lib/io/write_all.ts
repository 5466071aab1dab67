/**
 * Writes all of something: one call may write only a part.
 *
 * @module
 */

/**
 * Writes bytes to the last one.
 *
 * @param to A file or a stream.
 * @param bytes What to write.
 * @throws What the writing throws; a part may be written then.
 */
export function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
}
