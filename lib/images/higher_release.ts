/**
 * Where the newest image by date is not that of the highest release: dates come from
 * copies, too.
 *
 * @module
 */

import type { Image } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import { compareReleases } from "../text/release.ts";
import { type BootTriple, fitsWish } from "./boot_triples.ts";
import { type Choice, withRelease } from "./image_report.ts";

/** Clocks may differ by so much. */
const LEEWAY_MS = 3_600_000;

/**
 * Finds complete images of higher releases than the chosen one.
 *
 * @param choice What was chosen, by date; nothing is found where its release was named.
 * @returns The highest first.
 */
export function higherTriples({ chosen, triples, wish }: Choice): BootTriple[] {
  if (wish.release !== null) return [];
  return triples
    .filter((triple) => fitsWish(triple, wish) && triple.arch === chosen.arch)
    .filter(({ release }) => compareReleases(release, chosen.release) > 0)
    .sort((a, b) => compareReleases(b.release, a.release));
}

/**
 * Names the highest release, if it is not the chosen one.
 *
 * @param choice What was chosen.
 * @param higher What could be.
 */
export function higherProblems(choice: Choice, higher: BootTriple | undefined): Report[] {
  if (!higher) return [];
  const { role, chosen } = choice;
  return [["images-higher", {
    message:
      `${role.name}: ${chosen.release} is chosen, whose files are newer by date; ${higher.release} is the higher release`,
    hint: (typed) =>
      `check that this is the release you want; ${
        withRelease(higher.release, choice, typed)
      } chooses the higher one`,
  }]];
}

/**
 * Names an image whose date lies in the future: it may not be the newest.
 *
 * @param role The name of its role.
 * @param image What was chosen.
 * @param now The time, in milliseconds since the epoch.
 */
export function futureProblems(role: string, image: Image, now: number): Report[] {
  const { kernel, initrd, rootfs, release } = image;
  const late = [kernel, initrd, rootfs].filter(({ modified }) =>
    Date.parse(modified) > now + LEEWAY_MS
  );
  if (late.length === 0) return [];
  return [["images-future", {
    message: `${role}: ${release} is chosen, but its date lies in the future: ${
      late.map(({ path, modified }) => `${path} (${modified})`).join(", ")
    }`,
    hint:
      `check the clock (date), and that this is the release you want; --release ${role}=… chooses another`,
  }]];
}
