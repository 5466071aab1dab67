/**
 * Directories only the owner can enter.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { makeDirectoryAt } from "./descriptor.ts";
import { whoElse } from "./keepers.ts";
import { statOf } from "./stat.ts";

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
 * @throws If it cannot be made, if something else is there, or if what is there belongs
 * to another user, or others may write to it.
 */
export function makePrivateDirectory(
  real: string,
  { mayBeLink = false }: { mayBeLink?: boolean } = {},
): void {
  try {
    makeWithParents(real, PRIVATE_MODE);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const stat = statOf((mayBeLink ? Deno.statSync : Deno.lstatSync)(real));
    if (!stat.isDirectory) throw new Error("is not a directory");
    if ((stat.mode & WRITABLE_BY_OTHERS) !== 0) {
      throw new Error("it is not private: others than its owner may write to it");
    }
    const stranger = whoElse(stat);
    if (stranger !== null) throw new Error(`it is not private: it ${stranger}`);
  }
}

function makeWithParents(real: string, mode: number): void {
  try {
    makeDirectoryAt(real, mode);
  } catch (error) {
    const above = dirname(real);
    if (!(error instanceof Deno.errors.NotFound) || above === real) throw error;
    makeCommonDirectory(above);
    makeDirectoryAt(real, mode);
  }
}

/**
 * Makes a directory that everybody can enter, and those above it, whatever the umask.
 * What is there stays as it is.
 *
 * @param real Its real path.
 * @throws If it cannot be made.
 */
export function makeCommonDirectory(real: string): void {
  try {
    makeWithParents(real, COMMON_MODE);
  } catch (error) {
    // Another run was faster, or it is a link to nothing.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
