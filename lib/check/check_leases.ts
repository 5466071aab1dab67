/**
 * The check `leases`: each BMC has its own, at the address that is reserved for it.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import { askingAnew } from "../leases/lease_report.ts";
import type { LeaseMatch } from "../leases/match_leases.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { fine, type Judgement, resultsOf, SET_UP, wrong } from "./judgement.ts";

const THE_LEASE = "the lease of each BMC";
/** More otherMachines than this are counted. */
const MOST_STRANGERS_NAMED = 5;

/**
 * Judges the leases of BMCs.
 *
 * @param chosen The BMCs of the selected nodes.
 * @param match Who has a lease.
 */
export function checkBmcLeases(chosen: readonly StaticBmc[], match: LeaseMatch): CheckResult[] {
  const byName = new Map(match.leases.map((lease) => [lease.bmc, lease.ip]));
  return [
    ...resultsOf("leases", chosen.map((bmc) => [bmc.node, judgeLease(bmc, byName.get(bmc.name))])),
    ...resultsOf("leases", otherMachines(match)),
  ];
}

function judgeLease({ ip }: StaticBmc, leased: string | undefined): Judgement {
  if (leased === undefined) {
    const message = "the BMC has no lease";
    return wrong("failed", { asked: THE_LEASE, found: "none", message, hint: SET_UP });
  }
  if (ip === null || ip === leased) return fine(THE_LEASE, "at the reserved address");
  return wrong("failed", {
    asked: THE_LEASE,
    found: leased,
    message: `the lease is at ${leased}, and ${ip} is reserved: is the BMC on another network?`,
    hint: askingAnew([leased]),
  });
}

function otherMachines({ unexpected }: LeaseMatch): [null, Judgement][] {
  if (unexpected.length === 0) return [];
  const named = unexpected.slice(0, MOST_STRANGERS_NAMED).map(({ mac, ip }) => `${mac} at ${ip}`);
  const more = unexpected.length - named.length;
  const found = [...named, ...more > 0 ? [`${more} more`] : []].join(", ");
  return [[
    null,
    wrong("warning", {
      asked: "leases of other machines",
      found,
      message: `statics.conf does not know ${found}`,
      hint: "if one of them is a node or a BMC, its MAC in statics.conf is mistyped",
    }),
  ]];
}
