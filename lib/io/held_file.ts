/**
 * Files that tell that somebody is there: each is locked by a process as long as that
 * lives, however it ends.
 *
 * @module
 */

import { newPath } from "../text/new_name.ts";
import { type Advice, guarded, writeFailure } from "./failures.ts";
import type { WritableRoot } from "./writable_root.ts";
import { writeAll } from "./write_all.ts";

/** Only its owner may lock it, or read it. */
const HELD_MODE = 0o600;

/** A file that is ours until it is disposed of: then it is removed. */
export class HeldFile implements Disposable {
  readonly #root: WritableRoot;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  /**
   * Makes the file; whoever sees it finds it locked, and its text in it.
   *
   * @param root The file system.
   * @param path Where nothing is.
   * @param options `text`: what it holds at first; `advice`: what to do if it cannot be
   * made.
   * @throws {Failure} If it cannot be made.
   */
  constructor(
    root: WritableRoot,
    path: string,
    { text, advice }: { text: string; advice: Advice },
  ) {
    this.#root = root;
    this.#path = path;
    this.#file = guarded(path, advice, () => makeHeld(root, path, text), writeFailure);
  }

  /**
   * Adds to its text.
   *
   * @param text What to add.
   * @param advice What to do if it cannot be added.
   * @throws {Failure} If it cannot: who reads the file takes us to be where we were.
   */
  add(text: string, advice: Advice): void {
    const add = (): void => writeAll(this.#file, new TextEncoder().encode(text));
    guarded(this.#path, advice, add, writeFailure);
  }

  /** Removes the file, and then its lock: nobody finds it without. */
  [Symbol.dispose](): void {
    try {
      this.#root.removeIfThere(this.#path);
    } catch {
      // Without a lock nobody believes it.
    }
    this.#file.close();
  }
}

function makeHeld(root: WritableRoot, path: string, text: string): Deno.FsFile {
  const place = newPath(path);
  root.removeIfThere(place);
  const file = Deno.openSync(root.place(place), {
    append: true,
    createNew: true,
    mode: HELD_MODE,
  });
  try {
    file.lockSync(true);
    writeAll(file, new TextEncoder().encode(text));
    root.rename(place, path);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}
