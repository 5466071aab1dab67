/**
 * Lists the releases that nodes could boot.
 *
 * @module
 */

import { orElse } from "../document/problems.ts";
import type { Root } from "../io/root.ts";
import type { Role } from "../nodes/roles.ts";
import { findTriples } from "./boot_triples.ts";
import { listArtifacts } from "./list_artifacts.ts";

/**
 * Lists the releases of which there are kernel, initrd and root filesystem. What is
 * in these is not looked at.
 *
 * @param data The directory of the boot images, for instance `/var/www/ephemeral/data`.
 * @param roles The roles of the site.
 * @returns As `--release` takes them, for instance `kubernetes=1.6.2`; sorted.
 */
export function listReleases(root: Root, data: string, roles: readonly Role[]): string[] {
  const releases = roles.flatMap((role) => {
    // None if the directory cannot be read.
    const files = orElse(() => listArtifacts(root, `${data}/${role.data}`).files, () => []);
    return findTriples(role, files).triples.map(({ release }) => `${role.name}=${release}`);
  });
  return [...new Set(releases)].sort();
}
