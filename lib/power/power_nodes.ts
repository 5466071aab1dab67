/**
 * The command `power`: looks whether nodes are on, and switches them.
 *
 * @module
 */

import type { ClaimedWork } from "../history/claim.ts";
import { claimWork } from "../history/claims.ts";
import { type Contact, contactAll } from "../bmc/contact_all.ts";
import { found } from "../bmc/finding.ts";
import { logProblem } from "../bmc/log_problem.ts";
import { redfishWay } from "../bmc/redfish_way.ts";
import type { BmcTarget } from "../bmc/bmc_targets.ts";
import { Checks } from "../command/checks.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { NodePower } from "../document/document.ts";
import { orElse } from "../document/problems.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import { foldHosts } from "../text/host_range.ts";
import { afterTrouble } from "./after_trouble.ts";
import { powerOf, powerOne } from "./power_one.ts";
import { noteworthy, oldRootfs, powerProblems } from "./power_report.ts";
import type { PowerAim } from "./next_step.ts";
import type { PowerFinding } from "./power_bmc.ts";
import type { PowerPace } from "./power_work.ts";
import { type PowerPreparation, type PowerTask, preparePower } from "./prepare_power.ts";
import { turns } from "./turns.ts";

/**
 * Does what is asked for, and adds `power`.
 *
 * @param draft The document, which narrows the nodes.
 * @param task What to do.
 * @throws {Failure} If ipmitool does not exist any more.
 */
export async function powerNodes(draft: Draft, task: PowerTask, host: Host): Promise<void> {
  const checks = new Checks(host);
  const { flags } = task;
  // Two commands at once would open two sessions to a BMC.
  const wish = (): ClaimedWork => ({
    nodes: [],
    bmcs: orElse(() => selectNodes(flags, host.root).chosen, () => []).map(({ node }) => node),
  });
  using claims = await checks.make(draft, () => claimWork(flags, host, wish));
  claims?.endTurn();
  const work = await preparePower(checks, draft, task, host);
  using _log = work?.log;
  if (!checks.havePassed() || !work) return;
  const power = flags["dry-run"] ? tryOut(work, task, host) : await askAllNodes(work, draft, {
    task,
    host,
    free: (node) => claims?.free({ bmcs: [node] }),
  });
  const told = power.map((each) => ({ ...each, ...disksFact(each, work) }));
  draft.merge("power", told);
  draft.reportAll(powerProblems(told, work.password.source));
  draft.reportAll(task.verb === "status" ? noteworthy(told) : oldRootfs(told, work.facts));
  if (work.log && work.log.fault !== null) {
    draft.report(...logProblem({ ...flags, command: "power" }, work.log.fault));
  }
}

function disksFact({ node }: NodePower, { facts }: PowerPreparation): Pick<NodePower, "disks"> {
  const disks = facts.get(node)?.disks;
  return disks === undefined ? {} : { disks };
}

/** Says what would be done, as far as that is known without a look at the BMCs. */
function tryOut({ plan }: PowerPreparation, { verb }: PowerTask, host: Host): NodePower[] {
  const untold = afterTrouble(found("dry-run"), { told: null });
  const tried = plan.asked.map(({ target, aim }) =>
    powerOf(target, refusedAnyway(aim.refusals) ?? untold)
  );
  const nodes = tried.filter(({ state }) => state !== "refused").map(({ node }) => node);
  if (nodes.length > 0) host.reporter.say(`would switch ${verb}: ${foldHosts(nodes)}`);
  return [...plan.spared, ...tried];
}

/** Whether it is on or off. */
function refusedAnyway({ on, off }: PowerAim["refusals"]): PowerFinding | null {
  return on && off ? { state: "refused", ...off } : null;
}

/** How the BMCs are asked. */
interface PowerAsking {
  readonly task: PowerTask;
  readonly host: Host;
  /** Lets others work on a node that is done. */
  free(node: string): void;
}

/** Asks the BMCs, many at once; what was done stays in the document where this fails, too. */
async function askAllNodes(
  work: PowerPreparation,
  draft: Draft,
  asking: PowerAsking,
): Promise<NodePower[]> {
  const { plan, password, log } = work;
  const { task: { verb, flags }, host: { context, emit } } = asking;
  const targets = plan.asked.map(({ target }) => target);
  const seen = new Map<BmcTarget, NodePower>();
  const otherWay = redfishWay(work, draft, { flags, context });
  const contact = powerContact(plan, seen, { ...asking, otherWay });
  emit({ what: "powering", wish: verb, nodes: targets.map(({ node }) => node) });
  context.runAhead();
  let power: NodePower[] = [];
  let refused: readonly string[] | null = null;
  try {
    const options = { flags, draft, context, asksFirst: otherWay.mode === "only" };
    refused = await contactAll({ targets, password, log }, contact, options);
  } finally {
    const why = afterTrouble(found(refused ? "not-asked" : "not-tried"), { told: null });
    power = targets.map((target) => seen.get(target) ?? powerOf(target, why));
    draft.merge("power", [...plan.spared, ...power]);
  }
  return [...plan.spared, ...power];
}

/** What is done with each BMC; what comes of it is kept in `seen`. */
function powerContact(
  { asked }: PowerPreparation["plan"],
  seen: Map<BmcTarget, NodePower>,
  { task: { verb, flags }, host: { context, reporter, emit }, free, otherWay }: PowerAsking & {
    readonly otherWay: ReturnType<typeof redfishWay>;
  },
): Contact<NodePower> {
  const aims = new Map(asked.map(({ target, aim }) => [target, aim]));
  const pace = paceOf(flags, context);
  return {
    begin: () => {},
    work: (target, options) => {
      const aim = aims.get(target);
      if (!aim) throw new RangeError(target.node);
      return powerOne(target, aim, { ...options, pace, otherWay });
    },
    fails: (target, trouble) => powerOf(target, afterTrouble(trouble, { told: null })),
    end: (target, result, seconds) => {
      const { node, name, address } = target;
      const { state, by, message } = result;
      seen.set(target, { ...result, seconds });
      free(node);
      reporter.detail(`${name} (${address}): ${state} after ${seconds} s`);
      emit({ what: "powered", node, address, wish: verb, power: state, by, message, seconds });
    },
  };
}

function paceOf(flags: PowerTask["flags"], { later, elapsed, now }: Host["context"]): PowerPace {
  const { timeout, settle, stagger, "bmc-timeout": silence } = flags;
  const takeTurn = turns(stagger, elapsed);
  return { timeout, settle, silence, later, elapsed, now, takeTurn };
}
