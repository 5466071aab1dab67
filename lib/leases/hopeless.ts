/**
 * Whether it makes sense to go on waiting.
 *
 * @module
 */

import type { Bmc, BmcState } from "../document/document.ts";

/** Such a BMC asks for no lease unless somebody does something about it. */
const HOPELESS: ReadonlySet<BmcState> = new Set(["denied", "unreachable", "failed"]);
/**
 * Tells whether none of these BMCs will ask for a lease by itself: each has refused,
 * or could not be reached or set. One that nobody has tried to set may.
 *
 * @param missing The names of BMCs without a lease.
 * @param bmcs What became of the setting of BMCs.
 */
export function areHopeless(missing: readonly string[], bmcs: readonly Bmc[]): boolean {
  const states = new Map(bmcs.map(({ name, state }) => [name, state]));
  // One that was not asked was spared because others refused.
  const spared = [...states.values()].includes("denied");
  return missing.every((name) => {
    const state = states.get(name);
    return state !== undefined && (HOPELESS.has(state) || (spared && state === "skipped"));
  });
}
