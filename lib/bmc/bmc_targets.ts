/**
 * Which BMCs to turn to DHCP, and how to reach them.
 *
 * @module
 */

import { isChosen, type NodeChoice } from "../nodes/node_choice.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { nodeOf } from "../text/host_name.ts";
import type { IpmiConsole } from "./conman.ts";

/** A BMC to be set. */
export interface BmcTarget {
  /** For instance `ncn-w001-mgmt`. */
  readonly name: string;
  readonly node: string;
  /** Address or name to call. */
  readonly address: string;
  readonly user: string;
  /** `null` if statics.conf does not know it. */
  readonly mac: string | null;
}

/**
 * Joins the consoles of conman.conf with the BMCs of statics.conf.
 *
 * @param consoles The consoles that are BMCs.
 * @param bmcs The BMCs that will ask for a lease.
 * @param choice Which nodes.
 * @returns `targets`, sorted by name, each address once; `unlisted`: BMCs that
 * should be set, but have no console.
 */
export function bmcTargets(
  consoles: readonly IpmiConsole[],
  bmcs: readonly StaticBmc[],
  choice: NodeChoice,
): { targets: BmcTarget[]; unlisted: string[] } {
  const macs = new Map(bmcs.map(({ name, mac }) => [name, mac]));
  const targets = new Map<string, BmcTarget>();
  for (const { name, address, user } of consoles) {
    const node = nodeOf(name);
    if (!node || !isChosen(node, choice) || targets.has(address)) continue;
    const mac = macs.get(name) ?? null;
    targets.set(address, { name, node, address, user: user ?? "root", mac });
  }
  const listed = new Set(consoles.map(({ name }) => name));
  return {
    targets: [...targets.values()].sort((a, b) => a.name < b.name ? -1 : 1),
    unlisted: bmcs.filter(({ name, node }) => isChosen(node, choice) && !listed.has(name))
      .map(({ name }) => name),
  };
}
