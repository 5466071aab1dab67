/**
 * Works on the power of one node: looks, switches it, and looks until it is so.
 *
 * @module
 */

import { type AttemptOptions, Attempts, type Remembered } from "../bmc/attempts.ts";
import type { BmcTarget } from "../bmc/bmc_targets.ts";
import type { ByRedfish, OtherTurn } from "../bmc/other_way.ts";
import type { LastAnswer } from "../bmc/patient_session.ts";
import { RedfishAside } from "../bmc/redfish_aside.ts";
import { withoutSecret } from "../bmc/without_secret.ts";
import type { NodePower } from "../document/document.ts";
import type { ServiceRoot } from "../redfish/probe.ts";
import { afterTrouble } from "./after_trouble.ts";
import type { PowerAim } from "./next_step.ts";
import type { PowerFinding } from "./power_bmc.ts";
import { IpmiPower } from "./power_by_ipmi.ts";
import { type PowerPace, PowerWork } from "./power_work.ts";

/** The end of the work, and by which way it was done. */
interface PowerEnd {
  readonly finding: PowerFinding;
  readonly by: NonNullable<NodePower["by"]>;
}

/** The way by Redfish. */
type PowerVisits = Pick<ByRedfish, "mode" | "look" | "visit">;

/**
 * Works on a node.
 *
 * @param target Its BMC.
 * @param aim What is to become of it.
 * @param options Sessions and their limits; `pace`: how long things may take; `otherWay`:
 * where IPMI is silent.
 * @returns What came of it; one that cannot be switched is not an error.
 * @throws {Deno.errors.NotFound} If there is no ipmitool.
 */
export async function powerOne(
  target: BmcTarget,
  aim: PowerAim,
  { pace, otherWay, ...options }: AttemptOptions & Pick<OtherTurn, "mayTry"> & {
    readonly pace: PowerPace;
    readonly otherWay: PowerVisits;
  },
): Promise<NodePower> {
  const work = new PowerWork(aim, pace);
  const known: Remembered & LastAnswer = {
    suite: null,
    hasWritten: false,
    trouble: null,
    code: null,
  };
  const { log, later, crowd } = options;
  const isSwitched = aim.power !== null;
  const byRedfish = (root: ServiceRoot | null): Promise<PowerEnd> =>
    visitTarget(target, work, { otherWay, turn: { ...options, root }, isSwitched });
  const set = otherWay.mode === "never" ? null : byRedfish;
  await using attempts = new Attempts<PowerEnd>(target, {
    known,
    aside: new RedfishAside<PowerEnd>(target, { otherWay, log, later, crowd, set }),
    work: async (session, patience) => {
      const { signal } = patience;
      const finding = await work.run(new IpmiPower(session, known, { signal, later }), patience);
      return { finding, by: "ipmi" };
    },
  }, options);
  const seen = otherWay.mode === "only" ? await byRedfish(null) : await attempts.run();
  const end: PowerEnd = "finding" in seen
    ? seen
    : { finding: afterTrouble(seen, work), by: "ipmi" };
  return entryOf(target, { ...work.seen, ...end }, options.password);
}

/** Goes by Redfish, which is loaded only then. */
async function visitTarget(
  target: BmcTarget,
  work: PowerWork,
  { otherWay, turn, isSwitched }: {
    readonly otherWay: PowerVisits;
    readonly turn: OtherTurn & { readonly root: ServiceRoot | null };
    readonly isSwitched: boolean;
  },
): Promise<PowerEnd> {
  const seen = await otherWay.visit(target, turn, async (visit) => {
    const { visitNode } = await import("./visit_node.ts");
    return { finding: await visitNode(work, visit, { isSwitched }) };
  });
  return { finding: "finding" in seen ? seen.finding : afterTrouble(seen, work), by: "redfish" };
}

function entryOf(
  target: BmcTarget,
  { finding, ...seen }: PowerEnd & PowerWork["seen"],
  password: string,
): NodePower {
  // It may quote ipmitool, or a BMC.
  const message = finding.message &&
    withoutSecret(withoutSecret(finding.message, password), target.key);
  const after = finding.state === "unknown" ? null : seen.after;
  return powerOf(target, { ...finding, message }, { ...seen, after });
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
  seen: PowerWork["seen"] & Pick<PowerEnd, "by"> = UNSEEN,
): NodePower {
  const { before, after, boot, policy, clock, by } = seen;
  const how = { by, seconds: 0, message };
  return { node, bmc: name, address, before, after, boot, state, reason, ...how, policy, clock };
}

const UNSEEN: PowerWork["seen"] & Pick<PowerEnd, "by"> = {
  before: null,
  after: null,
  boot: null,
  policy: null,
  clock: null,
  by: "ipmi",
};
