/**
 * Replaces files and links by renaming new ones over them.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";

/**
 * Replaces a file, or makes it: whoever looks sees the old one or the new one.
 *
 * @param real Its real path.
 * @param text What it is to hold.
 */
export function replaceFile(real: string, text: string): void {
  replace(real, (place) => {
    using file = Deno.openSync(place, { write: true, createNew: true });
    const bytes = new TextEncoder().encode(text);
    for (let written = 0; written < bytes.length;) {
      written += file.writeSync(bytes.subarray(written));
    }
    Deno.chmodSync(place, 0o644); // whatever the umask
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

function replace(real: string, make: (place: string) => void): void {
  const place = `${dirname(real)}/.${basename(real)}.pitboot-new`;
  try {
    Deno.removeSync(place); // of a run that was cut off
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
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
