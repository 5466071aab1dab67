/**
 * Finds the BMCs to switch to DHCP, and how to reach them.
 *
 * @module
 */

import { isChosen, type NodeChoice } from "../nodes/node_choice.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { nodeOf } from "../text/host_name.ts";
import type { Conman } from "./conman.ts";

/** A BMC to be switched. */
export interface BmcTarget {
  /** For instance `ncn-w001-mgmt`. */
  readonly name: string;
  readonly node: string;
  /** Address or name to call. */
  readonly address: string;
  /** UDP port; `null` for that of IPMI. */
  readonly port: number | null;
  readonly user: string;
  /** A secret: its K_g key; `null` if conman.conf names none. */
  readonly key: string | null;
  /** `null` if statics.conf does not name it. */
  readonly mac: string | null;
}

/** The BMCs to switch to DHCP, and those that are left alone. */
export interface BmcTargets {
  /** Sorted by name, each address once. */
  readonly targets: readonly BmcTarget[];
  /** BMCs that should be switched, but have no console, not even one of no use. */
  readonly unlisted: readonly string[];
  /** Consoles of BMCs that statics.conf does not know: a UAN, perhaps. */
  readonly strangers: readonly string[];
}

/**
 * Joins the consoles of conman.conf with the BMCs of statics.conf.
 *
 * @param conman What conman.conf says.
 * @param bmcs The BMCs that will request a lease.
 * @param choice Which nodes.
 */
export function bmcTargets(
  { consoles, faults }: Conman,
  bmcs: readonly StaticBmc[],
  choice: NodeChoice,
): BmcTargets {
  const known = new Map(bmcs.map((bmc) => [bmc.name, bmc]));
  const targets = new Map<string, BmcTarget>();
  const strangers: string[] = [];
  for (const { name, address, port, user, key } of consoles) {
    const node = nodeOf(name);
    if (!node || !isChosen(node, choice)) continue;
    const place = `${address}:${port}`;
    const bmc = known.get(name);
    if (!bmc) strangers.push(name);
    else if (!targets.has(place)) {
      targets.set(place, { name, node, address, port, user: user ?? "root", key, mac: bmc.mac });
    }
  }
  const listed = new Set([
    ...consoles.map(({ name }) => name),
    ...faults.map(({ console }) => console),
  ]);
  return {
    targets: [...targets.values()].sort((a, b) => a.name < b.name ? -1 : 1),
    unlisted: bmcs.filter(({ name, node }) => isChosen(node, choice) && !listed.has(name))
      .map(({ name }) => name),
    strangers: strangers.sort(),
  };
}
