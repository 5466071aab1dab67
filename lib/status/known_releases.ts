/**
 * The stage `releases`: which releases there are, and who boots them.
 *
 * @module
 */

import { pathOptions } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { KnownRelease } from "../document/known_release.ts";
import { orElse } from "../document/problems.ts";
import { acceptedByHistory } from "../history/read_state.ts";
import { type BootTriple, findTriples, timeOfFile } from "../images/boot_triples.ts";
import { imageForRun } from "../images/choose_image.ts";
import { inspectTriple } from "../images/inspect_triple.ts";
import { listArtifacts } from "../images/list_artifacts.ts";
import { findPartial, type PartialRelease } from "../images/partial_releases.ts";
import { NODE_OPTIONS } from "../nodes/node_choice.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import type { Role } from "../nodes/roles.ts";
import type { BootedImage } from "./booted_images.ts";
import { judgeNodes } from "./judge_nodes.ts";

/** Options of the stage. */
export const RELEASES_OPTIONS = {
  ...NODE_OPTIONS,
  ...pathOptions("statics", "data", "web-root", "state", "config"),
};

type ReleasesFlags = Flags<typeof RELEASES_OPTIONS>;

/**
 * Lists the releases of each role, the newest first, and adds `releases`.
 *
 * @throws {Failure} If it cannot be told which nodes there are.
 */
export async function listKnownReleases(
  draft: Draft,
  flags: ReleasesFlags,
  host: Host,
): Promise<void> {
  const { chosen } = selectNodes(flags, host.root);
  const { measures, judged } = await judgeNodes(chosen, new Map(), { flags, host });
  const places = { draft, flags, host };
  const releases = measures.roles.flatMap((role) => knownReleasesOf(role, judged, places));
  for (const { directory, fault } of releases) {
    if (fault !== null) host.reporter.detail(`${directory}: ${fault}`);
  }
  draft.add({ releases });
}

/** Where releases are, and who is told what is wrong with them. */
interface ListPlaces {
  readonly draft: Draft;
  readonly flags: ReleasesFlags;
  readonly host: Host;
}

function knownReleasesOf(
  role: Role,
  booted: readonly BootedImage[],
  { draft, flags, host: { root } }: ListPlaces,
): KnownRelease[] {
  const listing = orElse(() => listArtifacts(root, `${flags.data}/${role.data}`), (failure) => {
    draft.report("images-not-whole", failure.details);
    return null;
  });
  if (!listing) return [];
  const { triples } = findTriples(role, listing.files);
  const taken = orElse(() => imageForRun(role, null, { flags, root }), () => null);
  const accepts = acceptedByHistory(root, flags.state);
  const whole = triples.map((triple): Dated => {
    const { kernel, faults } = inspectTriple(root, triple, { webRoot: flags["web-root"], accepts });
    return [triple.modified, {
      ...identityOf(role, triple),
      secure: triple.secure,
      kernel: kernel?.version ?? triple.kernelVersion,
      fault: faults.join("; ") || null,
      isDefault: taken?.kernel.path === triple.kernel.path,
      nodes: booted.flatMap(({ node, triple: own }) => areSame(own, triple) ? [node.name] : []),
    }];
  });
  const partial = findPartial(role, listing, triples).map((found): Dated => [found.modified, {
    ...identityOf(role, found),
    secure: null,
    kernel: null,
    fault: `incomplete: ${found.lacks}`,
    isDefault: false,
    nodes: [],
  }]);
  return [...whole, ...partial].sort(([a], [b]) => b - a).map(([, release]) => release);
}

/** A release, and when the newest of its files was modified. */
type Dated = readonly [modified: number, release: KnownRelease];

function identityOf(
  { name }: Role,
  { release, stream, arch, directory, modified }: BootTriple | PartialRelease,
): Pick<KnownRelease, "role" | "release" | "stream" | "arch" | "directory" | "modified"> {
  return { role: name, release, stream, arch, directory, modified: timeOfFile(modified) };
}

function areSame(a: BootTriple | null, b: BootTriple): boolean {
  return a?.kernel.path === b.kernel.path && a.rootfs.path === b.rootfs.path;
}
