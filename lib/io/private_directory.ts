/**
 * Directories only the owner can enter.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { statOf } from "./root.ts";

const PRIVATE_MODE = 0o700;
/** Of directories above, where there are none yet. */
const COMMON_MODE = 0o755;
/** A user who may write to a directory can replace the files in it. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Makes a directory that only its owner can enter, whatever the umask. One that
 * is there keeps its mode: others may need what else is in it.
 *
 * @param real Its real path.
 * @param options `mayBeLink`: whether it may be a link to one.
 * @throws If it cannot be made, if something else is there, or if others may
 * write to what is there.
 */
export function makePrivateDirectory(
  real: string,
  { mayBeLink = false }: { mayBeLink?: boolean } = {},
): void {
  try {
    makeWithParents(real, PRIVATE_MODE);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const { isDirectory, mode } = statOf((mayBeLink ? Deno.statSync : Deno.lstatSync)(real));
    if (!isDirectory) throw new Error("is not a directory");
    if ((mode & WRITABLE_BY_OTHERS) !== 0) {
      throw new Error("it is not private: others than its owner may write to it");
    }
  }
}

function makeWithParents(real: string, mode: number): void {
  try {
    Deno.mkdirSync(real, { mode });
  } catch (error) {
    const above = dirname(real);
    if (!(error instanceof Deno.errors.NotFound) || above === real) throw error;
    makeAbove(above);
    Deno.mkdirSync(real, { mode });
  }
  // Whatever the umask. We made it, where nobody else may write: no link is in its place.
  if ((statOf(Deno.lstatSync(real)).mode & 0o777) !== mode) Deno.chmodSync(real, mode);
}

function makeAbove(real: string): void {
  try {
    makeWithParents(real, COMMON_MODE);
  } catch (error) {
    // Another run was faster, or it is a link to nothing.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
