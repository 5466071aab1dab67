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
  readonly #directory: string;
  readonly #name: string;
  #watcher: Deno.FsWatcher | null = null;
  #events: AsyncIterator<Deno.FsEvent> | null = null;
  /** A change between two waits ends the next one at once. */
  #next: Promise<void> | null = null;
  #isBegun = false;

  /** @param path The file, as seen from inside. */
  constructor(root: Root, path: string) {
    this.#name = basename(path);
    this.#directory = root.real(dirname(path));
  }

  /**
   * As {@linkcode Follower.change}. The first call begins to watch, and returns at once:
   * nobody has seen what changed before it.
   */
  async change(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#isBegun) return this.#begin();
    this.#next ??= this.#nextChange();
    if (await within(this.#next, { milliseconds, signal }) !== LATE) this.#next = null;
  }

  /**
   * The directory is watched and not the file: a file that is replaced takes its watcher
   * with it.
   */
  #begin(): void {
    this.#isBegun = true;
    this.#watcher = watchDirectory(this.#directory);
    this.#events = this.#watcher?.[Symbol.asyncIterator]() ?? null;
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
