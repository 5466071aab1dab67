/**
 * Rewrites the leases as dnsmasq does, only far more often: in place, emptied
 * first, and in pieces of 4 KiB.
 *
 * @module
 */

const PIECE = 4096;

/** A file that is being rewritten, until it is disposed of. */
export interface Rewriting extends Disposable {
  /** How many times it was. */
  readonly count: number;
}

/**
 * Rewrites a file every millisecond.
 *
 * @param path The file.
 * @param text `now`: what to write; it may be exchanged at any time.
 * @returns What ends it, with the file whole.
 */
export function rewriting(path: string, text: { now: string }): Rewriting {
  const file = Deno.openSync(path, { write: true });
  let count = 0;
  const write = (): void => {
    const bytes = new TextEncoder().encode(text.now);
    file.seekSync(0, Deno.SeekMode.Start);
    file.truncateSync(0);
    for (let at = 0; at < bytes.length; at += PIECE) {
      file.writeSync(bytes.subarray(at, at + PIECE));
    }
    count++;
  };
  const timer = setInterval(write, 1);
  return {
    get count(): number {
      return count;
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      file.close();
    },
  };
}
