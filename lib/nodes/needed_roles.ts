/**
 * Which roles the selected nodes have.
 *
 * @module
 */

import type { Flags } from "../cli/options.ts";
import { orElse } from "../document/problems.ts";
import type { Root } from "../io/root.ts";
import { isChosen, type NODE_OPTIONS, nodeChoice } from "./node_choice.ts";
import { readStatics } from "./read_statics.ts";
import { type Role, roleOf } from "./roles.ts";

/**
 * Finds the roles of the selected nodes: images of others are not needed.
 *
 * @param roles All roles.
 * @param flags Which nodes are selected, and where statics.conf is.
 * @param root Where to read it.
 * @returns All roles where it cannot be told who there is: others say why.
 */
export function neededRoles(
  roles: readonly Role[],
  flags: Flags<typeof NODE_OPTIONS> & { readonly statics: string },
  root: Root,
): ReadonlySet<Role> {
  const choice = nodeChoice(flags);
  return orElse(() => {
    const { bmcs } = readStatics(root, flags.statics, choice);
    const nodes = bmcs.map(({ node }) => node).filter((node) => isChosen(node, choice));
    return new Set(nodes.flatMap((node) => roleOf(node, roles) ?? []));
  }, () => new Set(roles));
}
