/**
 * The file system of a PIT, for those who change it.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { newPath } from "../text/new_name.ts";
import { type Advice, guarded, ifThere, isAbsent, reasonOf, writeFailure } from "./failures.ts";
import { makeCommonDirectory, makePrivateDirectory } from "./private_directory.ts";
import { checkWritable } from "./read_file.ts";
import { Root } from "./root.ts";
import { makeDirectoryAt, settle } from "./descriptor.ts";
import { type Stat, statOf } from "./stat.ts";
import { writeAll } from "./write_all.ts";

/** What a file is besides its bytes; what is left out is as the system makes it. */
export interface FileFacts {
  /** Whatever the umask. */
  readonly mode?: number;
  readonly owner?: { readonly uid: number; readonly gid: number } | null;
  /** Milliseconds since the epoch. */
  readonly modified?: number;
}

/** A disk that takes longer is one: what lies in memory is there at once. */
const AT_ONCE_MS = 0.1;

/** Changes the owner of a link, not of what it points to; it takes the real path. */
export type GiveLink = (real: string) => void;

/** What to do if something cannot be written; a text is the hint. */
type Told = string | Advice | undefined;

/**
 * A file system that may be changed. As with {@linkcode Root}: with advice errors get
 * their name, without they are as Deno has them. What is replaced is replaced by
 * renaming something new over it.
 */
export class WritableRoot extends Root {
  /** Whether what was last waited for was on disk at once. */
  #isAtOnce = true;

  /** Makes a file where nothing should be. */
  create(path: string, bytes: Uint8Array, facts: FileFacts = {}): void {
    writeFile(this.place(path), bytes, facts);
  }

  /**
   * Replaces a file, or makes it: a reader sees the old one or the new one, also
   * after a power cut. Once this returns, it is on disk.
   */
  replace(path: string, bytes: Uint8Array, facts: FileFacts & { advice?: Told } = {}): void {
    write(path, facts.advice, () => {
      const real = this.place(path);
      swapIn(real, (place) => writeFile(place, bytes, facts, true));
      syncDirectory(dirname(real));
    });
  }

  /** Makes a link where nothing should be; `give` changes its owner. */
  link(path: string, target: string, give?: GiveLink): void {
    makeLink(this.place(path), target, give);
  }

  /** Replaces a link, or whatever is in its place; its owner changes before it is seen. */
  replaceLink(path: string, target: string, give?: GiveLink): void {
    swapIn(this.place(path), (place) => makeLink(place, target, give));
  }

  /** Makes a directory where nothing is; its mode is that, whatever the umask. */
  makeDirectory(path: string, mode: number): void {
    makeDirectoryAt(this.place(path), mode);
  }

  /** Makes a directory where nothing is: a reader sees none, or one with its mode. */
  replaceDirectory(path: string, mode: number): void {
    swapIn(this.place(path), (place) => anew(place, () => makeDirectoryAt(place, mode)));
  }

  /** Makes a directory that everybody can enter, and those above, where there is none. */
  makeDirectories(path: string): void {
    makeCommonDirectory(this.place(path));
  }

  /** Makes a directory that only its owner can enter; see {@linkcode makePrivateDirectory}. */
  makePrivateDirectory(path: string, advice?: Told): void {
    write(path, advice, () => makePrivateDirectory(this.place(path)));
  }

  /** Gives a file another name, in the place of what has it. */
  rename(path: string, to: string): void {
    Deno.renameSync(this.place(path), this.place(to));
  }

  /** Gives a file a second name; it fails if something has it. */
  addName(path: string, to: string): void {
    Deno.linkSync(this.place(path), this.place(to));
  }

  /** Removes a file, a link or an empty directory. */
  remove(path: string): void {
    Deno.removeSync(this.place(path));
  }

  /** Removes a file, a link or an empty directory, unless it is gone already. */
  removeIfThere(path: string, advice?: Told): void {
    write(path, advice, () => ifThere(() => Deno.removeSync(this.place(path))));
  }

  /** Removes a directory and all that is in it. */
  removeTree(path: string): void {
    Deno.removeSync(this.place(path), { recursive: true });
  }

  /**
   * Waits until a file, or what a directory holds, is on disk. Many waits at once
   * share the work of the disk. In memory, where a live CD has its files, there is
   * nothing to wait for, and a thread that does so costs more than all the rest.
   *
   * @param elapsed Milliseconds since some moment.
   */
  async sync(path: string, elapsed: () => number): Promise<void> {
    using file = Deno.openSync(this.real(path));
    if (!this.#isAtOnce) return await file.sync();
    const began = elapsed();
    file.syncSync();
    this.#isAtOnce = elapsed() - began < AT_ONCE_MS;
  }

  /** Waits until the names in a directory are on disk. One that is gone has none. */
  syncDirectory(path: string, advice?: Told): void {
    write(path, advice, () => syncDirectory(this.real(path)));
  }

  /** Makes sure that a file could be written, without a trace. */
  checkCouldWrite(path: string, advice?: Told): void {
    write(path, advice, () => checkCouldWrite(this.real(path)));
  }
}

/** With advice, errors get their name. */
function write(path: string, advice: Told, work: () => void): void {
  if (advice === undefined) work();
  else guarded(path, advice, work, writeFailure);
}

function writeFile(
  real: string,
  bytes: Uint8Array,
  { mode, owner, modified }: FileFacts,
  isSynced = false,
): void {
  // A change of owner is no way to a program that runs as another user.
  const options = { write: true, createNew: true, mode: (mode ?? 0o666) & 0o777 };
  using file = anew(real, () => Deno.openSync(real, options));
  writeAll(file, bytes);
  settle(file, real, { mode, owner });
  if (modified !== undefined) file.utimeSync(new Date(modified), new Date(modified));
  if (isSynced) file.syncSync();
}

function makeLink(real: string, target: string, give: GiveLink = () => {}): void {
  anew(real, () => Deno.symlinkSync(target, real));
  give(real);
}

function syncDirectory(real: string): void {
  ifThere(() => {
    using directory = Deno.openSync(real);
    directory.syncSync();
  });
}

/** Makes something beside the place of another, and renames it over that. */
function swapIn(real: string, make: (place: string) => void): void {
  const place = newPath(real);
  try {
    make(place);
    Deno.renameSync(place, real);
  } catch (error) {
    discard(place);
    throw error;
  }
}

/**
 * Makes something where nothing should be. If something is there, an interrupted run
 * left it, and nobody has used it.
 */
function anew<T>(real: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    removeLeftover(real);
    return make();
  }
}

function removeLeftover(real: string): void {
  try {
    Deno.removeSync(real);
  } catch (error) {
    // The caller does not know that name.
    const message = `${basename(real)} beside it cannot be removed: ${reasonOf(error)}`;
    throw new Error(message, { cause: error });
  }
}

/** Removes what is half done; the first error is the one that matters. */
function discard(place: string): void {
  try {
    Deno.removeSync(place);
  } catch {
    // it was never made, or cannot be removed either
  }
}

/**
 * Makes sure that a file could be written, and the directories made that lead to
 * it, as far as that can be told without doing it: a disk may be full.
 */
function checkCouldWrite(real: string): void {
  checkWritable(real);
  const info = nearestAbove(real);
  const isItself = info.path === real;
  if (!isItself && !info.isDirectory) throw new Deno.errors.NotADirectory();
  // As the system calls it, by which it is known what helps.
  if (!mayWrite(info)) throw Object.assign(new Deno.errors.PermissionDenied(), { code: "EACCES" });
}

/** The path itself if it exists, else the nearest directory above it. */
function nearestAbove(real: string): Stat & { readonly path: string } {
  for (let path = real;; path = dirname(path)) {
    try {
      return { ...statOf(Deno.statSync(path)), path };
    } catch (error) {
      if (!isAbsent(error) || path === dirname(path)) throw error;
    }
  }
}

/** By owner and others: to which groups somebody belongs, besides their own, cannot be asked. */
function mayWrite({ mode, uid, gid }: Stat): boolean {
  const user = Deno.uid();
  if (user === 0) return true;
  if (uid === user) return (mode & 0o200) !== 0;
  return (mode & (gid === Deno.gid() ? 0o020 : 0o002)) !== 0;
}
