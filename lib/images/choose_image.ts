/**
 * Chooses the image of a role.
 *
 * @module
 */

import type { Image } from "../document/document.ts";
import { Failure, orElse, type Report } from "../document/problems.ts";
import type { Root } from "../io/root.ts";
import type { Role } from "../nodes/roles.ts";
import { acceptedReports, type Accepts } from "./accepted_files.ts";
import { type BootTriple, chooseTriple, findTriples, imageOf, type Wish } from "./boot_triples.ts";
import { higherProblems, higherTriples } from "./higher_release.ts";
import {
  imageProblems,
  lostProblems,
  newerNotWhole,
  noTriple,
  olderTriples,
  type Search,
  unfit,
} from "./image_report.ts";
import { inspectTriple } from "./inspect_triple.ts";
import { listArtifacts } from "./list_artifacts.ts";
import { findPartial } from "./partial_releases.ts";

/** Where images are, and which of them may be chosen. */
export interface ImageFlags extends Pick<Wish, "stream" | "arch"> {
  readonly data: string;
  readonly "web-root": string;
  /** The releases that were named, by role. */
  readonly release: ReadonlyMap<string, string> | null;
  /** The files that are taken although they look unfit. */
  readonly accept: readonly string[] | null;
}

/**
 * Chooses the image of a role.
 *
 * @param role The role.
 * @param flags Where images are, and which may be chosen.
 * @param host `root`: the file system; `tell`: hears what is worth knowing.
 * @throws {Failure} If there is no complete one, or a newer, incomplete one.
 */
export function chooseImage(
  role: Role,
  flags: ImageFlags,
  { root, tell }: { readonly root: Root; readonly tell: (reports: readonly Report[]) => void },
): Image {
  const { lost, ...search } = searchFor(role, flags, root);
  tell(lostProblems(role, lost));
  const { wish, native } = search;
  const chosen = chooseTriple(search.triples, wish, native);
  if (!chosen) throw noTriple(search);
  const choice = { ...search, chosen };
  const webRoot = flags["web-root"];
  const isFit = (triple: BootTriple): boolean =>
    inspectTriple(root, triple, { webRoot }).faults.length === 0;
  const accept = flags.accept ?? [];
  const accepts: Accepts = ({ path }) => accept.includes(path);
  const seen = inspectTriple(root, chosen, { webRoot, accepts });
  if (seen.faults.length > 0) {
    throw unfit(choice, { ...seen, accept, other: olderTriples(choice).find(isFit) });
  }
  const newer = newerNotWhole(choice);
  if (newer) throw newer;
  const higher = higherTriples(choice).find(isFit);
  const { accepted, kernel } = seen;
  const image = imageOf(chosen, { version: kernel?.version ?? chosen.kernelVersion, accepted });
  tell([
    ...acceptedReports(role.name, image),
    ...imageProblems(choice),
    ...higherProblems(choice, higher),
  ]);
  return image;
}

/**
 * Chooses the image that `run` would give the nodes of a role, without a word.
 *
 * @param role The role.
 * @param release The one that is named; `null` if none is.
 * @param where `flags`: where images are; `root`: the file system.
 * @throws {Failure} If `run` would refuse.
 */
export function imageForRun(
  role: Role,
  release: string | null,
  { flags, root }: { flags: Pick<ImageFlags, "data" | "web-root">; root: Root },
): Image {
  const named = release === null ? null : new Map([[role.name, release]]);
  const options = { ...flags, release: named, stream: null, arch: null, accept: null };
  return chooseImage(role, options, { root, tell: () => {} });
}

function searchFor(
  role: Role,
  { data, release, stream, arch }: ImageFlags,
  root: Root,
): Search & { readonly lost: readonly string[] } {
  const directory = `${data}/${role.data}`;
  const listing = orElse(() => listArtifacts(root, directory), (failure) => {
    // Whatever the reason: there are no images.
    throw new Failure("images-missing", failure.details, failure);
  });
  const found = findTriples(role, listing.files);
  const { lost, dangling } = listing;
  return {
    ...found,
    role,
    directory,
    lost,
    dangling,
    wish: { release: release?.get(role.name) ?? null, stream, arch },
    releases: release ?? new Map(),
    partial: findPartial(role, listing, found.triples),
    native: Deno.build.arch,
  };
}
