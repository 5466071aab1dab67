/**
 * Decides whether waiting any longer is pointless.
 *
 * @module
 */

import type { Bmc, BmcState } from "../document/document.ts";
import { isLockedOut } from "../document/locked_out.ts";

/** A BMC in such a state requests no lease unless somebody does something about it. */
const HOPELESS: ReadonlySet<BmcState> = new Set(["denied", "unreachable", "failed"]);

/** Tells whether a BMC with such a result will request no lease by itself. */
export function isHopeless(bmc: Pick<Bmc, "state" | "reason">): boolean {
  // One that is starting may have been told before.
  return bmc.reason !== "starting" && HOPELESS.has(bmc.state) || isLockedOut(bmc);
}

/**
 * Tells whether none of these BMCs will request a lease by itself: each has refused,
 * or could not be reached or set. One that nobody has tried to set may.
 *
 * @param missing The names of BMCs without a lease.
 * @param bmcs The results for BMCs.
 */
export function areHopeless(missing: readonly string[], bmcs: readonly Bmc[]): boolean {
  const hopeless = new Set(
    bmcs.filter(isHopeless).map(({ name }) => name),
  );
  return missing.every((name) => hopeless.has(name));
}
