/**
 * What `run` would give nodes that are not ready.
 *
 * @module
 */

import { orElse } from "../document/problems.ts";
import { type ImageFlags, imageForRun } from "../images/choose_image.ts";
import type { Root } from "../io/root.ts";
import type { Role } from "../nodes/roles.ts";
import type { BootedImage } from "./booted_images.ts";
import { isReady, type Prospect } from "./node_status.ts";

/**
 * Finds out what `run` would give nodes that are not ready: what the others of their role
 * boot, where that is one release.
 *
 * @param roles Those of the site.
 * @param booted What nodes boot.
 * @param options `flags`: where images are; `root`: the file system.
 * @returns By role.
 */
export function prospectsOf(
  roles: readonly Role[],
  booted: readonly BootedImage[],
  { flags, root }: { flags: Pick<ImageFlags, "data" | "web-root">; root: Root },
): ReadonlyMap<string, Prospect> {
  const lacking = new Set(booted.flatMap(({ node }) => isReady(node) ? [] : [node.role]));
  const wanted = roles.filter(({ name }) => lacking.has(name));
  return new Map(wanted.map((role) => {
    const choose = (release: string | null): Prospect =>
      orElse(() => {
        const { release: chosen } = imageForRun(role, release, { flags, root });
        return { release: chosen, wish: release && `${role.name}=${release}`, refusal: null };
      }, ({ message }) => ({ release: null, wish: null, refusal: message }));
    return [role.name, likeOthers(othersOf(role, booted), choose)];
  }));
}

/** The release that the nodes of a role boot, if it is one. */
function othersOf(role: Role, booted: readonly BootedImage[]): string | null {
  const own = booted.flatMap(({ node, triple }) =>
    node.role === role.name && triple ? [triple.release] : []
  );
  const [first = null, second] = new Set(own);
  return second === undefined ? first : null;
}

function likeOthers(others: string | null, choose: (release: string | null) => Prospect): Prospect {
  const newest = choose(null);
  if (others === null || newest.release === others) return newest;
  const same = choose(others);
  return same.refusal === null ? same : newest;
}
