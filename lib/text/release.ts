/**
 * Names of image releases, as in directory and file names.
 *
 * @module
 */

/** Who a release is for: tested ones are stable, those of one commit unstable. */
export type Stream = "stable" | "unstable";

/** The architectures that node images are built for. */
export const ARCHITECTURES = ["x86_64", "aarch64"] as const;

/** The architecture of a node image. */
export type Architecture = typeof ARCHITECTURES[number];

/** A release, taken apart. */
export interface Release {
  /** For instance `1.6.2` or `fe775c6-1659395320990`. */
  readonly release: string;
  /** `null` if the name is of neither form. */
  readonly stream: Stream | null;
  /** `null` in older releases, which do not name it. */
  readonly arch: Architecture | null;
}

/**
 * Takes apart what follows the image name in a file name: the release and,
 * in newer releases, the architecture.
 *
 * `X.Y.Z`, also followed by `-N`, `-alpha.N`, `-beta.N` or `-rc.N`, is
 * stable; `<commit>-<epoch milliseconds>` is unstable.
 *
 * @param tag For instance `1.6.2-x86_64`.
 * @returns Its parts; every text is taken as a release.
 *
 * @example
 * ```ts
 * import { parseRelease } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseRelease("fe775c6-1659395320990-aarch64"), {
 *   release: "fe775c6-1659395320990",
 *   stream: "unstable",
 *   arch: "aarch64",
 * });
 * ```
 */
export function parseRelease(tag: string): Release {
  const arch = ARCHITECTURES.find((arch) => tag.endsWith(`-${arch}`)) ?? null;
  const release = arch ? tag.slice(0, -arch.length - 1) : tag;
  return { release, arch, stream: streamOf(release) };
}

function streamOf(release: string): Stream | null {
  if (/^\d+\.\d+\.\d+(-(\d+|(alpha|beta|rc)\.\d+))?$/.test(release)) {
    return "stable";
  }
  return /^[0-9a-f]{7,40}-\d{13}$/.test(release) ? "unstable" : null;
}

/** Before a release there are alpha, beta and rc; behind it what was built again. */
const STAGES = ["alpha", "beta", "rc"];

/**
 * Compares the names of two releases.
 *
 * @param a For instance `1.6.2`.
 * @param b For instance `1.7.0-rc.1`.
 * @returns Below 0 if `a` is the lower one, above 0 if it is the higher one, and 0 if they
 * are the same, or cannot be compared: a stable one and one of a commit, say.
 *
 * @example
 * ```ts
 * import { compareReleases } from "./release.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const sorted = ["1.10.0", "1.6.2-1", "1.6.2", "1.6.2-rc.1"].sort(compareReleases);
 * assertEquals(sorted, ["1.6.2-rc.1", "1.6.2", "1.6.2-1", "1.10.0"]);
 * ```
 */
export function compareReleases(a: string, b: string): number {
  if (streamOf(a) !== streamOf(b)) return 0;
  const [ours, theirs] = [rankOf(a), rankOf(b)];
  const at = ours.findIndex((number, i) => number !== theirs[i]);
  return at < 0 ? 0 : (ours[at] ?? 0) - (theirs[at] ?? 0);
}

/** Numbers that compare as releases do; none for a name of no known form. */
function rankOf(release: string): number[] {
  const [, epoch] = /^[0-9a-f]{7,40}-(\d{13})$/.exec(release) ?? [];
  if (epoch !== undefined) return [Number(epoch)];
  const [, x, y, z, stage = "", n = 0] =
    /^(\d+)\.(\d+)\.(\d+)(?:-(?:(alpha|beta|rc)\.)?(\d+))?$/.exec(release) ?? [];
  if (x === undefined) return [];
  const place = STAGES.indexOf(stage);
  return [x, y, z, place < 0 ? STAGES.length : place, n].map(Number);
}
