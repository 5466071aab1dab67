/**
 * Opens files to write behind their ends.
 *
 * @module
 */

import { settle } from "./descriptor.ts";
import { UnfitFile } from "./failures.ts";
import { whoElse } from "./keepers.ts";
import { checkKind } from "./read_file.ts";
import { type Stat, statOf } from "./stat.ts";
import { lstatIfThere } from "./way.ts";

/** Another run may make it, or remove it, between two looks. */
const ADD_TRIES = 10;

/**
 * Opens a file to add to it, and makes it if need be: never through a link, and none
 * that another user owns, may write to or has given a second name.
 *
 * @param place Its real path; who may write to its directory was looked at.
 * @param mode The mode that it gets, also if it exists.
 * @throws {UnfitFile} If it is something else.
 * @throws What opening throws.
 */
export function openToAdd(place: string, mode: number | undefined): Deno.FsFile {
  for (let left = ADD_TRIES; left > 0; left--) {
    const seen = lstatIfThere(place);
    if (seen) checkLog(place, seen, mode);
    const file = openOrMake(place, seen !== null, mode);
    if (!file) continue;
    if (!seen || statOf(file.statSync()).id === seen.id) return asWished(file, place, mode);
    file.close();
  }
  throw new UnfitFile("is replaced again and again");
}

/** `null` if it came or went meanwhile. */
function openOrMake(place: string, isThere: boolean, mode = 0o666): Deno.FsFile | null {
  try {
    return Deno.openSync(place, { append: true, createNew: !isThere, mode });
  } catch (error) {
    const isChanged = error instanceof Deno.errors.AlreadyExists ||
      (isThere && error instanceof Deno.errors.NotFound);
    if (isChanged) return null;
    throw error;
  }
}

function checkLog(place: string, stat: Stat, mode: number | undefined): void {
  checkKind(Deno.lstatSync(place));
  // Its mode may become another one, and what others add to it is theirs.
  const stranger = whoElse({ ...stat, mode: mode ?? 0 });
  if (stranger !== null) throw new UnfitFile(stranger);
  if (stat.names > 1) throw new UnfitFile("has a second name (a hard link)");
}

function asWished(file: Deno.FsFile, place: string, mode: number | undefined): Deno.FsFile {
  try {
    settle(file, place, { mode });
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}
