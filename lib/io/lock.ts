/**
 * Locks: one run of ours at a time changes things.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { Failure } from "../document/problems.ts";
import { type Advice, guarded, hintFor, ifThere, reasonOf, writeFailure } from "./failures.ts";
import { settle } from "./descriptor.ts";
import { makePrivateDirectory } from "./private_directory.ts";
import { checkKind } from "./read_file.ts";
import type { Root } from "./root.ts";
import { statOf } from "./stat.ts";
import { LATE, within } from "./within.ts";

/** Other runs have ended by then, or are stuck. */
const LOCK_WAIT_MS = 3000;
/** A lock that is free is had at once. */
const LOOK_MS = 200;
/** Only the owner may open a lock, and so hold it. */
const LOCK_MODE = 0o600;

/** An uninstall removes the directory in a moment; a link to nothing leads nowhere for ever. */
const MOST_TRIES = 100;

/**
 * Tells whether another run holds a lock. It creates nothing, and does not delay the other run.
 *
 * @param path The file, as seen from inside.
 * @returns `false` also where that cannot be told.
 */
export async function isLocked(root: Root, path: string): Promise<boolean> {
  let file: Deno.FsFile;
  try {
    file = root.open(path);
  } catch {
    return false;
  }
  try {
    return await within(file.lock(false), { milliseconds: LOOK_MS }) === LATE;
  } catch {
    return false;
  } finally {
    file.close();
  }
}

/** A file to lock, as flock(1) does. */
export class LockFile {
  readonly #root: Root;
  readonly #path: string;
  readonly #advice: string | Advice;

  /**
   * @param path The file, as seen from inside.
   * @param advice What to do if it cannot be had; a text is its hint.
   */
  constructor(root: Root, path: string, advice: string | Advice) {
    this.#root = root;
    this.#path = path;
    this.#advice = advice;
  }

  /**
   * Locks the file, and makes it and its directory if need be. The kernel releases
   * the lock when this process ends, however that happens.
   *
   * @param whenHeld Called if another run holds the lock, and is waited for.
   * @returns The lock, until it is disposed of; its holder may remove the file, and its directory.
   * @throws {Failure} If another run holds the lock, or it cannot be had.
   */
  async hold(whenHeld: () => void = () => {}): Promise<Disposable> {
    for (;;) {
      const file = this.#openWithDirectory();
      try {
        await this.#waitFor(file, whenHeld);
        // An uninstall may have removed it while we waited: then we hold nothing.
        if (this.#isAt(file)) return file;
      } catch (error) {
        file.close();
        throw error;
      }
      file.close();
    }
  }

  #isAt(file: Deno.FsFile): boolean {
    return statOf(file.statSync()).id === ifThere(() => this.#root.lstat(this.#path))?.id;
  }

  #openWithDirectory(): Deno.FsFile {
    const directory = dirname(this.#path);
    const make = (): void => {
      // A site may link it to a disk that lasts.
      const isLink = ifThere(() => this.#root.lstat(directory))?.isSymlink;
      if (isLink) this.#root.stat(directory);
      makePrivateDirectory(this.#root.real(directory), { mayBeLink: true });
    };
    for (let left = MOST_TRIES;; left--) {
      try {
        guarded(directory, this.#advice, make, writeFailure);
        return guarded(this.#path, this.#advice, () => this.#makeOrOpen(), writeFailure);
      } catch (error) {
        const isGone = error instanceof Failure && error.cause instanceof Deno.errors.NotFound;
        if (!isGone || left === 0) throw error;
      }
    }
  }

  #makeOrOpen(): Deno.FsFile {
    const real = this.#root.place(this.#path);
    try {
      // Exclusively: never made through a link that somebody has put there.
      return this.#forUs(Deno.openSync(real, { write: true, createNew: true, mode: LOCK_MODE }));
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      // Nobody else may write to the directory: what it is now, it is when it is opened.
      checkKind(Deno.lstatSync(real));
      return this.#forUs(Deno.openSync(real, { write: true }));
    }
  }

  /** Takes the rights of others from the file that was just opened. */
  #forUs(file: Deno.FsFile): Deno.FsFile {
    try {
      const isOurs = (statOf(file.statSync()).mode & 0o777) === LOCK_MODE;
      if (!isOurs) settle(file, this.#root.place(this.#path), { mode: LOCK_MODE });
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async #waitFor(file: Deno.FsFile, whenHeld: () => void): Promise<void> {
    const path = this.#path;
    try {
      const held = file.lock(true);
      if (await within(held, { milliseconds: LOOK_MS }) !== LATE) return;
      whenHeld();
      if (await within(held, { milliseconds: LOCK_WAIT_MS - LOOK_MS }) !== LATE) return;
    } catch (error) {
      const message = `${path} cannot be locked: ${reasonOf(error)}`;
      const hint = hintFor(path, error, this.#advice);
      throw new Failure("file-unwritable", { message, hint }, error);
    }
    throw new Failure("locked", {
      message: `another pitboot is running (it holds ${path})`,
      hint: `wait until it ends; fuser ${path} shows its process ID`,
    });
  }
}
