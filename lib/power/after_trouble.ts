/**
 * What becomes of a node whose BMC was asked in vain.
 *
 * @module
 */

import type { Trouble } from "../bmc/finding.ts";
import type { BmcReason, NodePower } from "../document/document.ts";
import type { PowerFinding } from "./power_bmc.ts";
import type { PowerWork } from "./power_work.ts";

/** What those of BMCs that switch to DHCP are called here. */
const POWER_STATES: Readonly<Record<Trouble["state"], NodePower["state"]>> = {
  changed: "failed",
  already: "failed",
  reset: "failed",
  unreachable: "unreachable",
  denied: "denied",
  failed: "failed",
  unknown: "unknown",
  skipped: "skipped",
};

/** A BMC that has said so has not done it. */
const SAID_NO: ReadonlySet<BmcReason> = new Set<BmcReason>(["busy", "in-post", "no-session"]);

/**
 * Says what a node is in that was asked in vain. One that was told something may have done
 * it.
 *
 * @param trouble Why no session came to an end.
 * @param told What it was told last.
 */
export function afterTrouble(
  { state, reason, message }: Trouble,
  { told }: Pick<PowerWork, "told">,
): PowerFinding {
  if (reason === "not-kept") return { state: "failed", reason: "boot-not-kept", message };
  if (told === null || SAID_NO.has(reason)) return { state: POWER_STATES[state], reason, message };
  return { state: "unknown", reason, message: `${message}, after it was told: ${told}` };
}
