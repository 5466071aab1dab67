/**
 * Which release of a version a package is.
 *
 * @module
 */

import type { Build } from "../../lib/cli/build.ts";
import { git } from "../build/run.ts";

/**
 * Asks git whether a program was built from the commit that its version is
 * tagged with, for instance `v0.1.0`.
 *
 * @param root The repository.
 * @param version The version.
 * @param build How the program was built.
 */
export async function isTagged(
  root: string,
  version: string,
  { commit }: Pick<Build, "commit">,
): Promise<boolean> {
  // One with changes is no name for git.
  const tags = commit && await git(["tag", "--points-at", commit], root);
  return (tags ?? "").split("\n").includes(`v${version}`);
}

/**
 * Numbers a package.
 *
 * @param build How the program was built.
 * @param options `isTagged`: whether that is the commit of the version; `time`:
 * what stands for a build without a time, in seconds since the epoch.
 * @returns `1`, or what is less: `0.202208010000git0123456`, in which the later
 * one is the greater one.
 */
export function releaseOf(
  { commit, time: built }: Pick<Build, "commit" | "time">,
  { isTagged, time }: { isTagged: boolean; time: number },
): string {
  if (isTagged) return "1";
  const stamp = (built ?? new Date(time * 1000).toISOString()).replace(/\D/g, "").slice(0, 12);
  const [hash = "", changes] = (commit ?? "").split("+");
  const name = hash && `git${hash.slice(0, 7)}`;
  return `0.${stamp}${name}${changes ? `.${changes}` : ""}`;
}
