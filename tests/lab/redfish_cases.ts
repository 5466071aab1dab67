/**
 * Whose Redfish service, what is wrong with it, and what comes of that.
 *
 * @module
 */

import type { Fault } from "./fault.ts";

/** A BMC whose IPMI is off. */
export interface Case {
  readonly faults: readonly Fault[];
  /** What comes of the handbook's page, and ipmitool after it. */
  readonly plain: "dhcp" | "static";
}

/** Each kind, and each fault with a kind that has it. */
export const CASES: readonly Case[] = [
  ...of("dhcp", ["redfish:ilo"], ["redfish:ilo6"]),
  ...of(
    "static",
    ["redfish:ilo1"],
    ["redfish:ami"],
    ["redfish:intel"],
    ["redfish:intel1"],
    ["redfish:openbmc"],
  ),
  // What a page does not know of.
  ...of("dhcp", ["redfish:ilo", "pending"], ["redfish:ilo", "move"], ["redfish:ilo", "slow:300"]),
  ...of("static", ["redfish:ilo", "badpass"], ["redfish:ilo", "on:any:password"]),
];

function of(plain: Case["plain"], ...faults: readonly (readonly Fault[])[]): Case[] {
  return faults.map((each) => ({ faults: each, plain }));
}
