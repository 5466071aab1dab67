/**
 * Replaces files and links by renaming new ones over them.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { writeAll } from "./write_all.ts";

/**
 * Replaces a file, or makes it: whoever looks sees the old one or the new one.
 *
 * @param real Its real path.
 * @param text What it is to hold.
 * @param mode Its mode whatever the umask, which decides if it is left out.
 */
export function replaceFile(real: string, text: string, mode?: number): void {
  replace(real, (place) => {
    using file = Deno.openSync(place, { write: true, createNew: true });
    writeAll(file, new TextEncoder().encode(text));
    if (mode !== undefined) Deno.chmodSync(place, mode);
    file.syncSync();
  });
}

/**
 * Replaces a link, or whatever stands in its place.
 *
 * @param real Its real path.
 * @param target What it is to lead to.
 */
export function replaceLink(real: string, target: string): void {
  replace(real, (place) => Deno.symlinkSync(target, place));
}

/**
 * Removes a file or a link, or an empty folder.
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

function replace(real: string, make: (place: string) => void): void {
  const place = `${dirname(real)}/.${basename(real)}.pitboot-new`;
  removeIfThere(place); // of a run that was cut off
  try {
    make(place);
    Deno.renameSync(place, real);
  } catch (error) {
    discard(place);
    throw error;
  }
}

/** Leaves nothing half done; what went wrong before is what matters. */
function discard(place: string): void {
  try {
    Deno.removeSync(place);
  } catch {
    // it was never made, or cannot be removed either
  }
}
