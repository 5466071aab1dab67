/**
 * Works on the power of one node: looks, switches it, and looks until it is so.
 *
 * @module
 */

import { type AttemptOptions, Attempts, type Remembered } from "../bmc/attempts.ts";
import type { BmcTarget } from "../bmc/bmc_targets.ts";
import type { Trouble } from "../bmc/finding.ts";
import type { OtherWay } from "../bmc/other_way.ts";
import type { LastAnswer } from "../bmc/patient_session.ts";
import { RedfishAside } from "../bmc/redfish_aside.ts";
import { withoutSecret } from "../bmc/without_secret.ts";
import type { NodePower } from "../document/document.ts";
import type { PowerAim } from "./next_step.ts";
import type { PowerFinding } from "./power_bmc.ts";
import { IpmiPower } from "./power_by_ipmi.ts";
import { type PowerPace, PowerWork } from "./power_work.ts";

/** The end of the work in sessions. */
interface PowerEnd {
  readonly finding: PowerFinding;
}

/**
 * Works on a node.
 *
 * @param target Its BMC.
 * @param aim What is to become of it.
 * @param options Sessions and their limits; `pace`: how long things may take; `otherWay`:
 * tells of a BMC that is silent whether its IPMI is off.
 * @returns What came of it; one that cannot be switched is not an error.
 * @throws {Deno.errors.NotFound} If there is no ipmitool.
 */
export async function powerOne(
  target: BmcTarget,
  aim: PowerAim,
  { pace, otherWay, ...options }: AttemptOptions & {
    readonly pace: PowerPace;
    readonly otherWay: Pick<OtherWay, "look">;
  },
): Promise<NodePower> {
  const work = new PowerWork(aim, pace);
  const known: Remembered & LastAnswer = {
    suite: null,
    hasWritten: false,
    trouble: null,
    code: null,
  };
  const { log, later } = options;
  using attempts = new Attempts<PowerEnd>(target, {
    known,
    aside: new RedfishAside<PowerEnd>(target, { otherWay, log, later, set: null }),
    work: async (session, patience) => {
      const { signal } = patience;
      return {
        finding: await work.run(new IpmiPower(session, known, { signal, later }), patience),
      };
    },
  }, options);
  const end = await attempts.run();
  const finding = "finding" in end ? end.finding : afterTrouble(end, work);
  // It may quote ipmitool.
  const message = finding.message &&
    withoutSecret(withoutSecret(finding.message, options.password), target.key);
  const after = finding.state === "unknown" ? null : work.seen.after;
  return powerOf(target, { ...finding, message }, { ...work.seen, after });
}

/**
 * Makes an entry for the `power` of the document.
 *
 * @param target The BMC that was asked.
 * @param finding What came of it.
 * @param seen What was learned.
 */
export function powerOf(
  { node, name, address }: BmcTarget,
  { state, reason, message }: PowerFinding,
  seen: PowerWork["seen"] = UNSEEN,
): NodePower {
  const { before, after, boot, policy, clock } = seen;
  const how = { by: "ipmi", seconds: 0, message } as const;
  return { node, bmc: name, address, before, after, boot, state, reason, ...how, policy, clock };
}

const UNSEEN = { before: null, after: null, boot: null, policy: null, clock: null };

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
  if (told === null || reason === "busy") return { state: POWER_STATES[state], reason, message };
  return { state: "unknown", reason, message: `${message}, after it was told: ${told}` };
}
