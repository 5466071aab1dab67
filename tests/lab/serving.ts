/**
 * Watches when nodes are served.
 *
 * @module
 */

import { leasesFile } from "./flow.ts";
import type { Lab } from "./lab.ts";

/** How often to look, in milliseconds. */
const POLL_MS = 5;

/** What was seen of a node; milliseconds of `performance.now()`, `null` for not yet. */
export interface Served {
  /** When dnsmasq had noted a lease of its BMC. */
  readonly leased: number | null;
  /** When it had a boot script. */
  readonly served: number | null;
}

/** A look at all nodes of a lab that goes on. */
export interface Watch extends Disposable {
  /** What was seen of each node so far. */
  readonly nodes: ReadonlyMap<string, Served>;
  /** The nodes that have a boot script. */
  served(): string[];
}

/**
 * Begins to watch the leases and the boot scripts of a lab.
 *
 * @param lab The lab.
 * @returns What ends it.
 */
export function watchServing(lab: Lab): Watch {
  const nodes = new Map<string, Served>(
    lab.bmcs.map(({ node }) => [node, { leased: null, served: null }]),
  );
  const look = (): void => {
    const leases = unlessMissing(() => Deno.readTextFileSync(leasesFile(lab)), "");
    for (const { node, mac } of lab.bmcs) {
      const { leased, served } = nodes.get(node) ?? { leased: null, served: null };
      const now = performance.now();
      nodes.set(node, {
        leased: leased ?? (leases.includes(mac) ? now : null),
        served: served ?? (hasScript(lab, node) ? now : null),
      });
    }
  };
  const timer = setInterval(look, POLL_MS);
  return {
    nodes,
    served: () => [...nodes].flatMap(([node, { served }]) => served === null ? [] : [node]),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function hasScript(lab: Lab, node: string): boolean {
  const path = `${lab.sandbox.root}/var/www/${node}/script.ipxe`;
  return unlessMissing(() => Deno.lstatSync(path).isFile, false);
}

function unlessMissing<T>(look: () => T, missing: T): T {
  try {
    return look();
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return missing;
    throw error;
  }
}
