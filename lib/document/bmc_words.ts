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

const ON_DHCP: ReadonlySet<string> = new Set<BmcState>(["changed", "already", "reset"]);

/**
 * Tells whether a BMC is as it should be: on DHCP, or with IPMI on where that was all.
 *
 * @param state Its result; perhaps of a newer pitboot.
 */
export function isBmcSet(state: string): boolean {
  return ON_DHCP.has(state);
}

/** The words where only IPMI was to be turned on. */
const IPMI_WORDS: Partial<Record<BmcState, string>> = {
  changed: "IPMI turned on",
  already: "IPMI on already",
  reset: "IPMI turned on and reset",
};

/**
 * Says what became of a BMC, and that it was by Redfish.
 *
 * @param bmc Its result.
 */
export function bmcWord(
  { state, reason, by, goal }: Pick<Bmc, "state" | "reason" | "by" | "goal">,
): string {
  if (reason === "ipmi-off") return "IPMI off";
  if (goal === "ipmi") return IPMI_WORDS[state] ?? BMC_WORDS[state];
  return by === "redfish" && isBmcSet(state) ? `${BMC_WORDS[state]} by Redfish` : BMC_WORDS[state];
}
