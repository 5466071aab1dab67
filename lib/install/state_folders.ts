/**
 * The state directory while nothing is installed, and what is made around it.
 *
 * The record of what is ours lies in it, so that what is made for it is made
 * before anything is recorded. After a kill it is known as ours by what it is:
 * the state directory by holding nothing but the lock, those above it by a mode
 * that nobody else gives to a directory.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { codeOf, ifThere } from "../io/failures.ts";
import { type Lock, lock } from "../io/lock.ts";
import { type Root, type Stat, statOf } from "../io/root.ts";
import { newName } from "../text/new_name.ts";

/** Of directories above the state directory until they are recorded as ours. */
const BEGUN_MODE = 0o300;
/** Of directories that are ours and for everybody to enter. */
export const FOLDER_MODE = 0o755;
/** The name of the record. */
export const RECORD_NAME = "install.json";
/** The name of the lock. */
export const LOCK_NAME = "lock";

const UNWRITABLE = "nothing was changed; run as root, or name another directory with --state";

/** In the order in which they are removed: whoever removes the lock holds it. */
const WORTHLESS = [newName(RECORD_NAME), LOCK_NAME];

/**
 * Whether a state directory holds nothing but the lock.
 *
 * @param real Its real path.
 * @returns `false` also if it is not there.
 */
export function isWorthless(real: string): boolean {
  try {
    return [...Deno.readDirSync(real)].every(({ name }) => WORTHLESS.includes(name));
  } catch (error) {
    const isNone = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isNone) return false;
    throw error;
  }
}

/** Whether a directory is one that was made for the lock, and not recorded. */
export function isBegun({ isDirectory, mode }: Pick<Stat, "isDirectory" | "mode">): boolean {
  return isDirectory && (mode & 0o777) === BEGUN_MODE;
}

/**
 * Locks the state directory. What has to be made for that is ours.
 *
 * @param root The file system.
 * @param state The state directory.
 * @throws {Failure} If it is locked by another run, or cannot be made; then what
 * was made is removed.
 */
export async function lockState(root: Root, state: string): Promise<Lock> {
  try {
    return await lock(root, `${state}/${LOCK_NAME}`, UNWRITABLE, { modeAbove: BEGUN_MODE });
  } catch (error) {
    // Without the lock nothing may be removed but empty directories.
    removeBegun(root.real(state));
    throw error;
  }
}

/** Removes empty directories: that of the state, and those above it that were begun. */
function removeBegun(state: string): void {
  try {
    for (let real = state; real !== dirname(real); real = dirname(real)) {
      const info = existing(real);
      if (!info) continue;
      if (!info.isDirectory || !(real === state || isBegun(info))) return;
      Deno.removeSync(real);
    }
  } catch {
    // It holds something; why there is no lock matters more.
  }
}

function existing(real: string): Stat | null {
  return ifThere(() => statOf(Deno.lstatSync(real)));
}

/**
 * Removes a state directory that holds nothing but the lock. Of one behind a
 * link only the lock goes.
 *
 * @param real Its real path. The lock in it is held.
 */
export function removeWorthless(real: string): void {
  if (!isWorthless(real)) return;
  const names = new Set(Array.from(Deno.readDirSync(real), ({ name }) => name));
  for (const name of WORTHLESS) {
    if (names.has(name)) Deno.removeSync(`${real}/${name}`);
  }
  // Without the lock another run may have come and gone, and the directory with it.
  if (existing(real)?.isSymlink === false) removeIfEmpty(real);
}

/**
 * Marks directories that will go when the record is gone: a kill between leaves
 * them known as ours. Those that others use stay, and are not marked.
 *
 * @param reals Their real paths, the inner first.
 * @param inner The real path of what goes before them.
 */
export function markBegun(reals: readonly string[], inner: string): void {
  for (const real of reals) {
    const others = [...Deno.readDirSync(real)].filter(({ name }) => name !== basename(inner));
    if (others.length > 0) return;
    Deno.chmodSync(real, BEGUN_MODE);
    inner = real;
  }
}

/**
 * Removes a directory if nothing is in it; else it is no longer marked.
 *
 * @param real Its real path.
 */
export function removeIfEmpty(real: string): void {
  try {
    Deno.removeSync(real);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (codeOf(error) !== "ENOTEMPTY") throw error;
    if (isBegun(statOf(Deno.lstatSync(real)))) Deno.chmodSync(real, FOLDER_MODE);
  }
}
