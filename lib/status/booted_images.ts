/**
 * The images that nodes boot, and those that lie beside them.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import type { BootNode, Image } from "../document/document.ts";
import { orElse } from "../document/problems.ts";
import { acceptedByHistory } from "../history/read_state.ts";
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
  /** The state directory. */
  readonly state: string;
}

const NO_FILES: Listing = { files: [], unfinished: [], dangling: [], lost: [] };

/** The images of nodes, and the releases beside them. */
export class BootedImages {
  readonly #booted: readonly BootedImage[];
  readonly #places: Places;
  readonly #host: Host;

  /**
   * @param booted What nodes boot.
   * @param places Where the images are. If they cannot be read, there are none.
   */
  constructor(booted: readonly BootedImage[], places: Places, host: Host) {
    this.#booted = booted;
    this.#places = places;
    this.#host = host;
  }

  /** Finds by role the image that most of its nodes boot. */
  images(): Record<string, Image> {
    const images = this.#booted.flatMap(({ node: { role }, triple }) =>
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
      const { kernel, accepted } = this.#inspect(triple);
      const version = kernel?.version ?? triple.kernelVersion;
      return [role, imageOf(triple, { version, accepted })];
    }));
  }

  /** Looks at the releases that are there for each role whose nodes boot something. */
  releases(roles: readonly Role[]): RoleReleases[] {
    return roles.flatMap((role) => {
      const own = this.#booted.flatMap(({ node, triple }) =>
        triple && node.role === role.name ? [{ name: node.name, triple }] : []
      );
      const [newest] = own.map(({ triple }) => triple).sort((a, b) => b.modified - a.modified);
      if (!newest) return [];
      const groups = Map.groupBy(own, ({ triple }) => triple.release);
      return [{
        role: role.name,
        booted: new Map([...groups].map(([key, group]) => [key, group.map(({ name }) => name)])),
        ...this.#stored(role, newest),
      }];
    });
  }

  #stored(role: Role, newest: BootTriple): Pick<RoleReleases, "whole" | "notWhole"> {
    const listing = this.#list(role);
    const { triples } = findTriples(role, listing.files);
    const looked = triples.map((triple) => ({
      ...triple,
      lacks: this.#inspect(triple).faults.join("; "),
    }));
    const damaged = looked.filter(({ lacks }) => lacks !== "");
    const partial = findPartial(role, listing, triples);
    return {
      whole: looked.filter(({ lacks }) => lacks === "").map(({ release }) => release),
      notWhole: newerThan(newest, [...damaged, ...partial], Deno.build.arch),
    };
  }

  #list({ data }: Role): Listing {
    const { root, reporter } = this.#host;
    return orElse(() => listArtifacts(root, `${this.#places.data}/${data}`), ({ message }) => {
      reporter.detail(message);
      return NO_FILES;
    });
  }

  #inspect(triple: BootTriple): ReturnType<typeof inspectTriple> {
    const { webRoot, state } = this.#places;
    const { root } = this.#host;
    return inspectTriple(root, triple, { webRoot, accepts: acceptedByHistory(root, state) });
  }
}
