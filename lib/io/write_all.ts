/**
 * Writes everything: one call may write only a part.
 *
 * @module
 */

/**
 * Writes all bytes.
 *
 * @param to A file or a stream.
 * @throws What writing throws; a part may have been written.
 */
export function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
}
