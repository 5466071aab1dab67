/**
 * Tells which BMCs refuse the credentials.
 *
 * @module
 */

import type { Bmc } from "./document.ts";

/**
 * Tells whether the credentials keep us out of a BMC: it refused them, or was not
 * asked because others did.
 */
export function isLockedOut({ state, reason }: Pick<Bmc, "state" | "reason">): boolean {
  return state === "denied" || reason === "not-asked";
}

/** Tells whether a BMC that refuses the credentials has taken the password among them. */
export function hasRightPassword(reason: Bmc["reason"]): boolean {
  return reason === "refused-role" || reason === "no-key" || reason === "password-expired";
}
