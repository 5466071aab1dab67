/**
 * Files of images that are taken on the administrator's word: whoever knows that nodes
 * boot a file may have it taken although it looks unfit.
 *
 * @module
 */

import type { Artifact, Image } from "../document/document.ts";
import type { AcceptedFile } from "../document/generation.ts";
import type { Report } from "../document/problems.ts";
import { type ArtifactFile, timeOfFile } from "./boot_triples.ts";
import { PARTS } from "./each_of_three.ts";

/** Tells whether a file is taken although it looks unfit. */
export type Accepts = (file: ArtifactFile) => boolean;

/**
 * Takes files that were taken before, as long as they are the same.
 *
 * @param known Lists them; called only where a file looks unfit.
 */
export function acceptedBefore(known: () => readonly AcceptedFile[]): Accepts {
  return ({ path, bytes, modified }) =>
    known().some((file) =>
      file.path === path && file.bytes === bytes && file.modified === timeOfFile(modified)
    );
}

/** Lists the files of images that were taken on somebody's word. */
export function acceptedIn(images: Readonly<Record<string, Image>>): AcceptedFile[] {
  const files = Object.values(images).flatMap((image) =>
    PARTS.map((part): Artifact => image[part])
  );
  return files.flatMap(({ path, bytes, modified, accepted: fault }) =>
    fault === undefined ? [] : [{ path, bytes, modified, fault }]
  );
}

/** Says what nodes boot on somebody's word. */
export function acceptedReports(role: string, image: Image): Report[] {
  return acceptedIn({ [role]: image }).map(({ fault }) => ["images-accepted", {
    message: `${role}: taken on your word: ${fault}`,
    hint: "nothing else vouches for it: boot one node with it first",
  }]);
}

/** Says that there was no need for a word. */
export function needlessReports(
  accept: readonly string[],
  images: Readonly<Record<string, Image>>,
): Report[] {
  const taken = new Set(acceptedIn(images).map(({ path }) => path));
  const needless = accept.filter((path) => !taken.has(path));
  if (needless.length === 0) return [];
  return [["accept-needless", {
    message: `--accept changes nothing for ${
      needless.join(", ")
    }: of no image that was chosen, or fit`,
    hint: "it takes the path of a file that is called unfit, as the message has it",
  }]];
}
