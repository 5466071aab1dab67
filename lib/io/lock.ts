/**
 * Locks: one run of ours at a time changes things.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { Failure } from "../document/problems.ts";
import { type Advice, guarded, hintFor, ifThere, reasonOf, writeFailure } from "./failures.ts";
import { makePrivateDirectory } from "./private_directory.ts";
import { checkKind } from "./read_file.ts";
import { type Root, statOf } from "./root.ts";
import { LATE, within } from "./within.ts";

/** Other runs have ended by then, or are stuck. */
const LOCK_WAIT_MS = 3000;
/** A lock that is free is had at once. */
const LOOK_MS = 200;
/** Only the owner may open a lock, and so hold it. */
const LOCK_MODE = 0o600;

/** An uninstall removes the directory in a moment; a link to nothing leads nowhere for ever. */
const MOST_TRIES = 100;

/** Holds a lock until the end of its block. */
export type Lock = Disposable;

/**
 * Locks a file, as flock(1) does, and makes it and its directory if need be. The
 * kernel releases the lock when this process ends, however that happens.
 *
 * @param path The file, as seen from inside.
 * @param advice What to do if it cannot be had; a text is its hint.
 * @param options `whenHeld` is called if another run holds the lock, and is waited for.
 * @returns The lock; its holder may remove the file, and its directory.
 * @throws {Failure} If another run holds the lock, or it cannot be had.
 */
export async function lock(
  root: Root,
  path: string,
  advice: string | Advice,
  { whenHeld = () => {} }: { whenHeld?: () => void } = {},
): Promise<Lock> {
  for (;;) {
    const file = openWithDirectory(root, path, advice);
    try {
      await waitFor(file, path, { advice, whenHeld });
      // An uninstall may have removed it while we waited: then we hold nothing.
      if (statOf(file.statSync()).id === ifThere(() => root.lstat(path))?.id) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
  }
}

/**
 * Tells whether another run holds a lock. It creates nothing, and does not delay the other run.
 *
 * @param path The file, as seen from inside.
 * @returns `false` also where that cannot be told.
 */
export async function isLocked(root: Root, path: string): Promise<boolean> {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(root.real(path));
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

function openWithDirectory(root: Root, path: string, advice: string | Advice): Deno.FsFile {
  const directory = dirname(path);
  // A site may link it to a disk that lasts.
  const make = (): void => makePrivateDirectory(root.real(directory), { mayBeLink: true });
  for (let left = MOST_TRIES;; left--) {
    try {
      guarded(directory, advice, make, writeFailure);
      return guarded(path, advice, () => makeOrOpen(root.real(path)), writeFailure);
    } catch (error) {
      const isGone = error instanceof Failure && error.cause instanceof Deno.errors.NotFound;
      if (!isGone || left === 0) throw error;
    }
  }
}

function makeOrOpen(real: string): Deno.FsFile {
  try {
    // Exclusively: never made through a link that somebody has put there.
    return withMode(Deno.openSync(real, { write: true, createNew: true, mode: LOCK_MODE }), real);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    // Nobody else may write to the directory: what it is now, it is when it is opened.
    checkKind(Deno.lstatSync(real));
    return withMode(Deno.openSync(real, { write: true }), real);
  }
}

/** Takes the rights of others from a file that was just opened. */
function withMode(file: Deno.FsFile, real: string): Deno.FsFile {
  try {
    if ((statOf(file.statSync()).mode & 0o777) !== LOCK_MODE) Deno.chmodSync(real, LOCK_MODE);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

async function waitFor(
  file: Deno.FsFile,
  path: string,
  { advice, whenHeld }: { advice: string | Advice; whenHeld: () => void },
): Promise<void> {
  try {
    const held = file.lock(true);
    if (await within(held, { milliseconds: LOOK_MS }) !== LATE) return;
    whenHeld();
    if (await within(held, { milliseconds: LOCK_WAIT_MS - LOOK_MS }) !== LATE) return;
  } catch (error) {
    const message = `${path} cannot be locked: ${reasonOf(error)}`;
    const hint = hintFor(path, error, advice);
    throw new Failure("file-unwritable", { message, hint }, error);
  }
  throw new Failure("locked", {
    message: `another pitboot is running (it holds ${path})`,
    hint: `wait until it ends; fuser ${path} shows its process ID`,
  });
}
