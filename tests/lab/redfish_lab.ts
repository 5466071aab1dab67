/**
 * Labs of BMCs whose IPMI is off, and what came to their Redfish.
 *
 * @module
 */

import type { Fault } from "./fault.ts";
import type { Lab, LabOptions } from "./lab.ts";
import type { Asked } from "./redfish/files.ts";

/** The requests that change something. */
const WRITES: readonly string[] = ["ipmi", "dhcp", "reset"];

/**
 * Makes so many workers.
 *
 * @param faults What is wrong with each.
 * @param first The number of the first one.
 * @returns Options of a lab; the nodes are in the order of the faults.
 */
export function workersWith(
  faults: readonly (readonly Fault[])[],
  first = 1,
): Required<Pick<LabOptions, "nodes" | "faults">> {
  const nodes = faults.map((_, i) => `ncn-w${String(first + i).padStart(3, "0")}`);
  return { nodes, faults: Object.fromEntries(nodes.map((node, i) => [node, faults[i] ?? []])) };
}

/**
 * Lists the writes that a BMC was asked for and did not refuse.
 *
 * @param lab The lab.
 * @param node The node's name.
 * @returns The requests.
 */
export function writesTo(lab: Lab, node: string): Asked[] {
  return lab.asked(node).filter(({ step, answer }) =>
    WRITES.includes(step) && !/^[45]/.test(answer)
  );
}

/**
 * Tells how it was with a BMC's Redfish.
 *
 * @param lab The lab.
 * @param node The node's name.
 * @returns For instance `8 requests, ipmi dhcp reset`.
 */
export function askedWords(lab: Lab, node: string): string {
  const steps = writesTo(lab, node).map(({ step }) => step);
  return [`${lab.asked(node).length} requests`, ...steps.length > 0 ? [steps.join(" ")] : []]
    .join(", ");
}

/**
 * Tells whether a BMC answers to IPMI.
 *
 * @param lab The lab.
 * @param node The node's name.
 * @returns Whether its server was started.
 */
export function hasIpmi(lab: Lab, node: string): boolean {
  try {
    Deno.statSync(`${lab.sandbox.root}/run/lab/bmc/${node}/pid`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
