/**
 * Which nodes get a boot directory.
 *
 * @module
 */

import type { BmcLease } from "../document/document.ts";
import { isChosen, type NodeChoice } from "../nodes/node_choice.ts";
import { type Role, roleOf } from "../nodes/roles.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { nodeOf } from "../text/host_name.ts";

/** A node that gets a boot directory. */
export interface ServedNode {
  readonly name: string;
  readonly role: Role;
}

/** Who gets a boot directory, and who does not. */
export interface Serving {
  /** Sorted by name. */
  readonly served: readonly ServedNode[];
  /** BMCs with a lease that statics.conf does not know. */
  readonly strangers: readonly string[];
  /** Nodes with a lease that no role wants. */
  readonly withoutRole: readonly string[];
}

/**
 * Finds the nodes to serve: those with a lease that statics.conf knows and that
 * have a role. A name that a client chose for itself gets no directory.
 *
 * @param leases The BMCs with a lease.
 * @param options `bmcs`: those of statics.conf; `roles`: what nodes there can
 * be; `choice`: which of them to work on.
 */
export function servedNodes(
  leases: readonly Pick<BmcLease, "bmc">[],
  { bmcs, roles, choice }: {
    bmcs: readonly Pick<StaticBmc, "name">[];
    roles: readonly Role[];
    choice: NodeChoice;
  },
): Serving {
  const known = new Set(bmcs.map(({ name }) => name));
  const names = leases.map(({ bmc }) => bmc);
  const nodes = names.filter((name) => known.has(name)).flatMap((name) => nodeOf(name) ?? [])
    .filter((node) => isChosen(node, choice));
  const served: ServedNode[] = [];
  const withoutRole: string[] = [];
  for (const name of [...new Set(nodes)].sort()) {
    const role = roleOf(name, roles);
    if (role) served.push({ name, role });
    else withoutRole.push(name);
  }
  return { served, withoutRole, strangers: names.filter((name) => !known.has(name)) };
}
