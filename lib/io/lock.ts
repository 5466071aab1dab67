/**
 * Locks: one run of ours at a time changes things.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { Failure } from "../document/problems.ts";
import { guarded, writeFailure } from "./failures.ts";
import { makePrivateDirectory } from "./private_directory.ts";
import { checkKind } from "./read_file.ts";
import type { Root } from "./root.ts";

/** Other runs have ended by then, or are stuck. */
const LOCK_WAIT_MS = 3000;
/** Whoever can open a lock can hold it: nobody but its owner. */
const LOCK_MODE = 0o600;

/** Holds a lock until the end of its block. */
export type Lock = Disposable;

/**
 * Locks a file, as flock(1) does, and makes it and its directory if need be. The
 * kernel releases the lock when this process ends, however that happens.
 *
 * @param root The file system.
 * @param path The file, as seen from inside.
 * @param hint What to do if it cannot be written.
 * @throws {Failure} If another run holds the lock, or it cannot be had.
 */
export async function lock(root: Root, path: string, hint: string): Promise<Lock> {
  const real = root.real(path);
  for (;;) {
    const file = guarded(path, hint, () => {
      // A site may link it to a disk that lasts.
      makePrivateDirectory(dirname(real), { mayBeLink: true });
      return openLock(real);
    }, writeFailure);
    try {
      await lockFile(file, path, hint);
      // An uninstall may have removed it while we waited: then we hold nothing.
      if (isAt(file, real)) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
  }
}

function openLock(real: string): Deno.FsFile {
  try {
    // Exclusively: never made through a link that somebody has put there.
    return Deno.openSync(real, { write: true, createNew: true, mode: LOCK_MODE });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const info = Deno.lstatSync(real);
    const { mode } = info;
    checkKind(info);
    if (((mode ?? LOCK_MODE) & 0o777) !== LOCK_MODE) Deno.chmodSync(real, LOCK_MODE);
    return Deno.openSync(real, { write: true });
  }
}

/**
 * Locks an open file.
 *
 * @param file What is open.
 * @param path What it is called in messages.
 * @param hint What to do if that fails.
 * @throws {Failure} If another run holds the lock, or it cannot be had.
 */
export async function lockFile(file: Deno.FsFile, path: string, hint: string): Promise<void> {
  const timer = Promise.withResolvers<"late">();
  const timeout = setTimeout(() => timer.resolve("late"), LOCK_WAIT_MS);
  try {
    const result = await Promise.race([file.lock(true), timer.promise]);
    if (result !== "late") return;
  } catch (error) {
    throw writeFailure(path, error, hint);
  } finally {
    clearTimeout(timeout);
  }
  throw new Failure("locked", {
    message: `another pitboot is at work: it holds ${path}`,
    hint: `wait for it to end; fuser ${path} names it`,
  });
}

function isAt(file: Deno.FsFile, real: string): boolean {
  try {
    const [held, there] = [file.statSync(), Deno.lstatSync(real)];
    return held.ino === there.ino && held.dev === there.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
