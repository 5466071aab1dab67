/**
 * Directories that are nobody's but ours.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";

const PRIVATE_MODE = 0o700;
/** Of directories above, where there are none yet. */
const COMMON_MODE = 0o755;

/**
 * Makes a directory that only its owner can enter, whatever the umask, or makes
 * the one that is there so.
 *
 * @param real Its real path.
 * @param options `mayBeLink`: whether it may be a link to one.
 * @throws If it cannot be made, or something else is there.
 */
export function makePrivateDirectory(
  real: string,
  { mayBeLink = false }: { mayBeLink?: boolean } = {},
): void {
  try {
    Deno.mkdirSync(real, { mode: PRIVATE_MODE });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      makeDirectories(dirname(real));
      return makePrivateDirectory(real, { mayBeLink });
    }
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const { isDirectory, mode } = (mayBeLink ? Deno.statSync : Deno.lstatSync)(real);
    if (!isDirectory) throw new Error("is no directory");
    if (((mode ?? PRIVATE_MODE) & 0o777) !== PRIVATE_MODE) Deno.chmodSync(real, PRIVATE_MODE);
  }
}

function makeDirectories(real: string): void {
  try {
    Deno.mkdirSync(real, { mode: COMMON_MODE });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    makeDirectories(dirname(real));
    Deno.mkdirSync(real, { mode: COMMON_MODE });
  }
}
