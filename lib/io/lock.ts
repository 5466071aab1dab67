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
import { checkKind, readOpenFile } from "./read_file.ts";
import type { Root } from "./root.ts";
import { statOf } from "./stat.ts";
import { LATE, withinTurns } from "./within.ts";
import { writeAll } from "./write_all.ts";

/** Other runs have ended by then, or are stuck. */
export const LOCK_WAIT_MS = 3000;
/** A lock that is free is had at once: in one of these turns, however busy the machine is. */
const FREE_WITHIN = { turns: 10, milliseconds: 20 };
/** What is left of {@linkcode LOCK_WAIT_MS}. */
const HELD_WITHIN = { turns: 28, milliseconds: 100 };
/** Only the owner may open a lock, and so hold it. */
const LOCK_MODE = 0o600;

/** An uninstall removes the directory in a moment; a link to nothing leads nowhere for ever. */
const MOST_TRIES = 100;

/**
 * Reads a file as long as another process has it locked. It creates nothing, and does
 * not delay anybody.
 *
 * @param path The file, as seen from inside.
 * @returns `null` if nobody has locked it, or there is none.
 * @throws If that cannot be told.
 */
export async function textIfLocked(root: Root, path: string): Promise<string | null> {
  using file = ifThere(() => root.open(path));
  if (!file || !await isHeld(file, root.real(path))) return null;
  return new TextDecoder().decode(readOpenFile(file));
}

/** What Deno 2.6 lacks: it can only wait for a lock, in a thread that nothing ends. */
interface CanTry {
  tryLockSync?(isExclusive: boolean): boolean;
}

/** Flock(1) takes it for a moment; what is not there any more nobody holds. */
const ASK_FLOCK = 'flock --shared --nonblock 0 <"$1" || [ ! -e "$1" ]';

async function isHeld(file: Deno.FsFile & CanTry, place: string): Promise<boolean> {
  const isFree = file.tryLockSync?.(false);
  if (isFree !== undefined) return !isFree;
  const { askShell } = await import("./ask_shell.ts");
  return !await askShell(ASK_FLOCK, ["sh", place]);
}

/** What is said while another run holds a lock, and what is written into our own. */
export interface LockWords {
  /** What others may read while we hold it. */
  readonly note?: string;
  /** Called with the note of who holds it, if it is waited for. */
  whenHeld?(note: string): void;
  /** Says why we end if it is held for too long; `undefined` if the note tells nothing. */
  refusal?(note: string): Failure | undefined;
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
   * @param words What is said meanwhile.
   * @returns The lock, until it is disposed of; its holder may remove the file, and its directory.
   * @throws {Failure} If another run holds the lock, or it cannot be had.
   */
  async hold(words: LockWords = {}): Promise<Disposable> {
    for (;;) {
      const file = this.#openWithDirectory();
      try {
        await this.#waitFor(file, words);
        // An uninstall may have removed it while we waited: then we hold nothing.
        if (this.#isAt(file)) {
          note(file, words.note ?? "");
          return { [Symbol.dispose]: () => unlock(file) };
        }
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

  async #waitFor(file: Deno.FsFile, words: LockWords): Promise<void> {
    const path = this.#path;
    try {
      const held = file.lock(true);
      if (await withinTurns(held, FREE_WITHIN) !== LATE) return;
      words.whenHeld?.(await this.#noteOfHolder());
      if (await withinTurns(held, HELD_WITHIN) !== LATE) return;
    } catch (error) {
      const message = `${path} cannot be locked: ${reasonOf(error)}`;
      const hint = hintFor(path, error, this.#advice);
      throw new Failure("file-unwritable", { message, hint }, error);
    }
    throw words.refusal?.(await this.#noteOfHolder()) ?? new Failure("locked", {
      message: `another pitboot is running (it holds ${path})`,
      hint: `wait until it ends; fuser ${path} shows its process ID`,
    });
  }

  async #noteOfHolder(): Promise<string> {
    try {
      return await textIfLocked(this.#root, this.#path) ?? "";
    } catch {
      return "";
    }
  }
}

function unlock(file: Deno.FsFile): void {
  note(file, "");
  file.close();
}

/** Nothing depends on it: the lock is held without it as well. */
function note(file: Deno.FsFile, text: string): void {
  try {
    file.truncateSync(0);
    writeAll(file, new TextEncoder().encode(text));
  } catch {
    // A full disk.
  }
}
