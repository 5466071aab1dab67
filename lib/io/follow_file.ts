/**
 * Follows a file that somebody else rewrites.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";

/** Waits for changes of a file. */
export class FileFollower implements Disposable {
  readonly #watcher: Deno.FsWatcher | null;
  readonly #events: AsyncIterator<Deno.FsEvent> | null;
  readonly #name: string;
  #next: Promise<boolean> | null = null;

  /**
   * Begins to watch. The directory is watched and not the file: a file that is
   * replaced takes its watcher with it.
   *
   * @param path The real path of the file.
   */
  constructor(path: string) {
    this.#name = basename(path);
    this.#watcher = watch(dirname(path));
    this.#events = this.#watcher?.[Symbol.asyncIterator]() ?? null;
  }

  /**
   * Waits until the file changes, but no longer than `milliseconds`: watching
   * can fail to see a change, and time itself changes what a lease means.
   *
   * @param milliseconds The longest wait.
   * @param signal Ends the wait at once.
   */
  async change(milliseconds: number, signal: AbortSignal): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<boolean>();
    const done = (): void => resolve(true);
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
    try {
      while (!await Promise.race([over, this.#nextEvent() ?? over])) {
        this.#next = null;
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
    }
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#watcher?.close();
  }

  /** Whether the next event is about our file. */
  #nextEvent(): Promise<boolean> | null {
    if (!this.#events) return null;
    return this.#next ??= this.#events.next().then(({ value, done }) => {
      if (done) return new Promise<boolean>(() => {});
      const isOurs = value.paths.some((path: string) => basename(path) === this.#name);
      // The next wait looks at a new event.
      if (isOurs) this.#next = null;
      return isOurs;
    });
  }
}

function watch(directory: string): Deno.FsWatcher | null {
  try {
    return Deno.watchFs(directory, { recursive: false });
  } catch {
    return null; // no inotify watches left: the slow poll has to do
  }
}
