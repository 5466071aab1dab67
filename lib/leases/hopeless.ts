/**
 * Decides whether waiting any longer is pointless.
 *
 * @module
 */

import type { Bmc, BmcState } from "../document/document.ts";

/** A BMC in such a state requests no lease unless somebody does something about it. */
const HOPELESS: ReadonlySet<BmcState> = new Set(["denied", "unreachable", "failed"]);

/**
 * Tells whether none of these BMCs will request a lease by itself: each has refused,
 * or could not be reached or set. One that nobody has tried to set may.
 *
 * @param missing The names of BMCs without a lease.
 * @param bmcs What became of the setting of BMCs.
 */
export function areHopeless(missing: readonly string[], bmcs: readonly Bmc[]): boolean {
  const states = statesOf(bmcs);
  const locked = new Set(lockedOut(missing, states));
  return missing.every((name) => {
    const state = states.get(name);
    return state !== undefined && (HOPELESS.has(state) || locked.has(name));
  });
}

/**
 * Finds the BMCs that user or password keep us out of: they refused them, or were not
 * asked because others did.
 *
 * @param names The names of BMCs.
 * @param states What became of the setting of BMCs.
 */
export function lockedOut(
  names: readonly string[],
  states: ReadonlyMap<string, BmcState>,
): string[] {
  const kinds = [...states.values()].includes("denied") ? ["denied", "skipped"] : [];
  return names.filter((name) => kinds.includes(states.get(name) ?? ""));
}

/** The states of BMCs by their names. */
export function statesOf(bmcs: readonly Bmc[]): ReadonlyMap<string, BmcState> {
  return new Map(bmcs.map(({ name, state }) => [name, state]));
}
