/**
 * The images that nodes boot, and those that lie beside them.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import type { BootNode, Image } from "../document/document.ts";
import { orElse } from "../document/problems.ts";
import { type BootTriple, findTriples, imageOf } from "../images/boot_triples.ts";
import { newerThan } from "../images/image_report.ts";
import { inspectTriple } from "../images/inspect_triple.ts";
import { listArtifacts, type Listing } from "../images/list_artifacts.ts";
import { findPartial } from "../images/partial_releases.ts";
import type { Role } from "../nodes/roles.ts";
import type { RoleReleases } from "./release_report.ts";

/** A node and the image that it boots. */
export interface BootedImage {
  readonly node: BootNode;
  /** `null` if it boots none that is complete. */
  readonly triple: BootTriple | null;
}

/** The directories to look at. */
interface Places {
  /** The directory of the boot images. */
  readonly data: string;
  readonly webRoot: string;
}

/**
 * Finds by role the image that most of its nodes boot.
 *
 * @param booted What nodes boot.
 * @param places Of these only the directory that the web server serves.
 */
export function imagesOf(
  booted: readonly BootedImage[],
  { webRoot }: Places,
  { root }: Host,
): Record<string, Image> {
  const images = booted.flatMap(({ node: { role }, triple }) =>
    role && triple ? [{ role, triple }] : []
  );
  const groups = Map.groupBy(
    images,
    ({ role, triple }) => `${role} ${triple.kernel.path} ${triple.rootfs.path}`,
  );
  const most = [...groups.values()].sort((a, b) => a.length - b.length).flatMap(([image]) =>
    image ?? []
  );
  return Object.fromEntries(most.map(({ role, triple }) => {
    const { kernel } = inspectTriple(root, triple, webRoot);
    return [role, imageOf(triple, kernel?.version ?? triple.kernelVersion)];
  }));
}

/**
 * Looks at the releases that are there for each role whose nodes boot something.
 *
 * @param roles All roles.
 * @param booted What nodes boot.
 * @param places Where the images are. If they cannot be read, there are none.
 */
export function roleReleases(
  roles: readonly Role[],
  booted: readonly BootedImage[],
  places: Places,
  host: Host,
): RoleReleases[] {
  return roles.flatMap((role) => {
    const own = booted.flatMap(({ node, triple }) =>
      triple && node.role === role.name ? [{ name: node.name, triple }] : []
    );
    const [newest] = own.map(({ triple }) => triple).sort((a, b) => b.modified - a.modified);
    if (!newest) return [];
    const groups = Map.groupBy(own, ({ triple }) => triple.release);
    return [{
      role: role.name,
      booted: new Map([...groups].map(([key, group]) => [key, group.map(({ name }) => name)])),
      ...storedReleases(role, newest, places, host),
    }];
  });
}

const NOTHING: Listing = { files: [], unfinished: [], dangling: [], lost: [] };

function storedReleases(
  role: Role,
  newest: BootTriple,
  { data, webRoot }: Places,
  host: Host,
): Pick<RoleReleases, "whole" | "notWhole"> {
  const listing = orElse(() => listArtifacts(host.root, `${data}/${role.data}`), ({ message }) => {
    host.reporter.detail(message);
    return NOTHING;
  });
  const { triples } = findTriples(role, listing.files);
  const looked = triples.map((triple) => ({
    ...triple,
    lacks: inspectTriple(host.root, triple, webRoot).faults.join("; "),
  }));
  const damaged = looked.filter(({ lacks }) => lacks !== "");
  const partial = findPartial(role, listing, triples);
  return {
    whole: looked.filter(({ lacks }) => lacks === "").map(({ release }) => release),
    notWhole: newerThan(newest, [...damaged, ...partial], Deno.build.arch),
  };
}
