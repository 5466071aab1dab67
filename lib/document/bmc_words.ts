/**
 * How people are told of the state of a BMC: the words of the board and the README.
 *
 * @module
 */

import type { Bmc, BmcState } from "./document.ts";

/** By state. */
export const BMC_WORDS: Readonly<Record<BmcState, string>> = {
  changed: "switched",
  already: "already switched",
  reset: "reset",
  unreachable: "no answer",
  denied: "refused",
  failed: "failed",
  unknown: "unknown",
  skipped: "skipped",
};

/**
 * Says what became of a BMC, and that it was by Redfish.
 *
 * @param bmc Its result.
 */
export function bmcWord({ state, reason, by }: Pick<Bmc, "state" | "reason" | "by">): string {
  if (reason === "ipmi-off") return "IPMI off";
  const isWell = state === "changed" || state === "already" || state === "reset";
  return by === "redfish" && isWell ? `${BMC_WORDS[state]} by Redfish` : BMC_WORDS[state];
}
