/**
 * Follows a file that somebody else rewrites.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import type { Root } from "./root.ts";
import { LATE, within } from "./within.ts";

/** Tells of changes of a file. */
export interface Follower {
  /**
   * Waits until the file changes, but no longer than `milliseconds`: watching
   * can fail to see a change, and time itself changes what a lease means.
   *
   * @param milliseconds The longest wait.
   * @param signal Ends the wait at once.
   */
  change(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Follows a file of the system. */
export class FileFollower implements Follower, Disposable {
  readonly #watcher: Deno.FsWatcher | null;
  readonly #events: AsyncIterator<Deno.FsEvent> | undefined;
  readonly #name: string;
  /** A change between two waits ends the next one at once. */
  #next: Promise<void> | null = null;

  /**
   * Begins to watch. The directory is watched and not the file: a file that is
   * replaced takes its watcher with it.
   *
   * @param path The file, as seen from inside.
   */
  constructor(root: Root, path: string) {
    this.#name = basename(path);
    this.#watcher = watchDirectory(root.real(dirname(path)));
    this.#events = this.#watcher?.[Symbol.asyncIterator]();
  }

  /** As {@linkcode Follower.change}. */
  async change(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#next ??= this.#nextChange();
    if (await within(this.#next, { milliseconds, signal }) !== LATE) this.#next = null;
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#watcher?.close();
  }

  async #nextChange(): Promise<void> {
    for (;;) {
      const event = await this.#events?.next();
      if (!event || event.done) return await new Promise(() => {}); // closed, or none
      if (event.value.paths.some((path) => basename(path) === this.#name)) return;
    }
  }
}

function watchDirectory(directory: string): Deno.FsWatcher | null {
  try {
    return Deno.watchFs(directory, { recursive: false });
  } catch {
    return null; // no inotify watches left: the slow poll has to do
  }
}
