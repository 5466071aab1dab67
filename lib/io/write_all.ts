/**
 * Writes everything, to a file or to a stream that others may share: one call may write
 * only a part.
 *
 * @module
 */

/** A file, which never waits for a reader. */
interface File {
  writeSync(bytes: Uint8Array): number;
}

/** A stream. */
export interface Sink extends File {
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Writes all bytes.
 *
 * @param to Never waits for a reader, for instance a file.
 * @throws What writing throws; a part may have been written.
 */
export function writeAll(to: File, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
}

/**
 * PIPE_BUF of Linux: a pipe takes so much whole or not at all. Of more, Deno does not
 * say how much went out before it would have had to wait.
 */
const BYTES_AT_ONCE = 4096;
/** How long to wait for the reader before it is tried again. */
const WAIT_MS = 5;

/**
 * Writes all bytes. Where the stream was set not to block, by a neighbour in the pipe,
 * this waits for the reader, as if it did.
 *
 * @param to Standard output or standard error.
 * @throws What writing throws; a part may have been written.
 */
export function writeStream(to: File, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    try {
      written += to.writeSync(bytes.subarray(written, written + BYTES_AT_ONCE));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  }
}

/**
 * Writes all bytes, and lets other work go on meanwhile.
 *
 * @param to Standard output or standard error.
 * @throws What writing throws; a part may have been written.
 */
export async function writeSlowly(to: Sink, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    try {
      written += await to.write(bytes.subarray(written, written + BYTES_AT_ONCE));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}
