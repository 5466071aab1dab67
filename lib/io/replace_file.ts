/**
 * Replaces files and links by renaming new ones over them.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { newName } from "../text/new_name.ts";
import { reasonOf } from "./failures.ts";
import { writeAll } from "./write_all.ts";

/** What a file is besides its bytes; what is left out is as the system makes it. */
export interface FileFacts {
  /** Whatever the umask. */
  readonly mode?: number;
  readonly owner?: { readonly uid: number; readonly gid: number } | null;
  /** Milliseconds since the epoch. */
  readonly modified?: number;
}

/** Changes the owner of a link, not of what it points to. */
export type GiveLink = (real: string) => void;

/**
 * Makes a file where nothing should be.
 *
 * @param real Its real path.
 * @param bytes What it is to hold.
 * @param facts What else it is to be.
 * @param isSynced Whether to wait until it is on disk.
 */
export function writeFile(
  real: string,
  bytes: Uint8Array,
  { mode, owner, modified }: FileFacts = {},
  isSynced = false,
): void {
  using file = anew(
    real,
    () => Deno.openSync(real, { write: true, createNew: true, ...mode !== undefined && { mode } }),
  );
  writeAll(file, bytes);
  // By its path, for want of another way: nobody else may write to its directory,
  // so that this is what was just made, and no link.
  if (owner) Deno.chownSync(real, owner.uid, owner.gid);
  if (mode !== undefined) Deno.chmodSync(real, mode); // after the change of owner
  if (modified !== undefined) file.utimeSync(new Date(modified), new Date(modified));
  if (isSynced) file.syncSync();
}

/**
 * Replaces a file, or makes it: whoever looks sees the old one or the new one, also
 * after a power cut. Once this returns, it is on disk.
 *
 * @param real Its real path.
 * @param bytes What it is to hold.
 * @param facts What else it is to be.
 */
export function replaceFile(real: string, bytes: Uint8Array, facts: FileFacts = {}): void {
  replace(real, (place) => writeFile(place, bytes, facts, true));
  syncDirectory(dirname(real));
}

/**
 * Replaces a link, or whatever is in its place.
 *
 * @param real Its real path.
 * @param target What it is to point to.
 * @param give Changes its owner before it takes its place.
 */
export function replaceLink(real: string, target: string, give: GiveLink = () => {}): void {
  replace(real, (place) => makeLink(place, target, give));
}

/** Makes a link where nothing should be; as {@linkcode replaceLink}. */
export function makeLink(real: string, target: string, give: GiveLink = () => {}): void {
  anew(real, () => Deno.symlinkSync(target, real));
  give(real);
}

/**
 * Makes a directory where nothing is.
 *
 * @param real Its real path.
 * @param mode Its mode, whatever the umask.
 */
export function makeDirectory(real: string, mode: number): void {
  Deno.mkdirSync(real, { mode });
  Deno.chmodSync(real, mode); // whatever the umask
}

/**
 * Makes a directory where nothing is: whoever looks sees none, or one with its mode.
 *
 * @param real Its real path.
 * @param mode Its mode, whatever the umask.
 */
export function replaceDirectory(real: string, mode: number): void {
  replace(real, (place) => {
    anew(place, () => Deno.mkdirSync(place));
    Deno.chmodSync(place, mode);
  });
}

/**
 * Removes a file or a link, or an empty directory.
 *
 * @param real Its real path.
 */
export function removeIfThere(real: string): void {
  try {
    Deno.removeSync(real);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Waits until a file, or what a directory holds, is on disk. Many waits at once
 * share the work of the disk.
 *
 * @param real Its real path.
 */
export async function syncPath(real: string): Promise<void> {
  using file = Deno.openSync(real);
  await file.sync();
}

/**
 * Waits until the names in a directory are on disk. One that is gone has none.
 *
 * @param real Its real path.
 */
export function syncDirectory(real: string): void {
  try {
    using directory = Deno.openSync(real);
    directory.syncSync();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function replace(real: string, make: (place: string) => void): void {
  const place = `${dirname(real)}/${newName(basename(real))}`;
  try {
    make(place);
    Deno.renameSync(place, real);
  } catch (error) {
    discard(place);
    throw error;
  }
}

/**
 * Makes something where nothing should be. If something is there, a run that
 * was cut off left it, and nobody has used it.
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
    // Whoever calls us does not know that name.
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
