/**
 * Looks into the start of a gzip file.
 *
 * @module
 */

/**
 * Unpacks the start of a gzip file.
 *
 * @param head Its first bytes.
 * @returns The first bytes of what is in it; `null` if it is damaged.
 */
export function gunzipHead(head: Uint8Array): Uint8Array | null {
  // Hardly ever needed, and slow to load: so not imported.
  const { gunzipSync, constants } = globalThis.process.getBuiltinModule("node:zlib");
  try {
    // What the head cuts off is no error with this.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return null;
  }
}
