/**
 * Checks made before the first BMC is asked, and what they found.
 *
 * @module
 */

import { type BmcTarget, bmcTargets } from "../bmc/bmc_targets.ts";
import { parseConman } from "../bmc/conman.ts";
import { getPassword, type Password } from "../bmc/get_password.ts";
import { checkIpmitool, openLog } from "../bmc/prepare_bmcs.ts";
import { checkCurl, readPins } from "../bmc/redfish_options.ts";
import type { BmcLog } from "../bmc/bmc_log.ts";
import type { Checks } from "../command/checks.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { BmcLease } from "../document/document.ts";
import { Failure, onFailure } from "../document/problems.ts";
import { ifThere } from "../io/failures.ts";
import { currentLeases } from "../leases/read_leases.ts";
import { type Selection, selectNodes } from "../nodes/read_statics.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { foldHosts } from "../text/host_range.ts";
import { fitsPattern, isPattern } from "../text/pattern.ts";
import { readDisks, readStartFacts, type StartFacts } from "./disk_facts.ts";
import { leaveOut } from "./leave_out.ts";
import { planPower, type PowerPlan } from "./plan_power.ts";
import type { PowerFlags, PowerVerb } from "./power_options.ts";

/** All that is needed to ask BMCs. */
export interface PowerPreparation {
  readonly plan: PowerPlan;
  /** What is known of nodes that are to be started. */
  readonly facts: ReadonlyMap<string, StartFacts>;
  readonly password: Password;
  /** `null` where no BMC will be asked. */
  readonly log: BmcLog | null;
  /** The keys that BMCs must have, by address; `null` for any. */
  readonly pins: ReadonlyMap<string, string> | null;
}

/** What was asked for. */
export interface PowerTask {
  readonly verb: PowerVerb;
  readonly flags: PowerFlags;
}

/**
 * Makes the checks.
 *
 * @param checks Those of the command.
 * @param draft The document, which narrows the nodes.
 * @param task What was asked for.
 * @returns `undefined` if a check has failed.
 */
export async function preparePower(
  checks: Checks,
  draft: Draft,
  task: PowerTask,
  host: Host,
): Promise<PowerPreparation | undefined> {
  const found = await checks.make(draft, () => findWork(draft, task, host));
  const isAsked = !checks.haveFailed && !!found && found.plan.asked.length > 0;
  const isDry = task.flags["dry-run"];
  if (found && (!isAsked || isDry)) {
    return { ...found, password: { text: null, source: "" }, log: null, pins: null };
  }
  const password = await checks.make(draft, () => neededPassword(task.flags, host));
  const ipmitool = await checks.make(draft, () => checkIpmitool(task.flags, host));
  const curl = await checks.make(draft, () => checkCurl(task.flags, host));
  const pins = await checks.make(draft, () => readPins(task.flags, host));
  const log = await checks.make(
    draft,
    () => openLog({ ...task.flags, command: "power" }, password?.text ?? "", host),
  );
  if (found && password && ipmitool && curl && pins !== undefined && log !== undefined) {
    return { ...found, password, pins, log };
  }
  log?.[Symbol.dispose]();
  return undefined;
}

async function neededPassword(flags: PowerFlags, host: Host): Promise<Password> {
  const password = await getPassword(host, flags);
  if (password.text !== null) return password;
  throw new Failure("input-missing", {
    message: `no BMC password: ${password.source}`,
    hint: "set IPMI_PASSWORD, or name a --password-file FILE",
  });
}

async function findWork(
  draft: Draft,
  { verb, flags }: PowerTask,
  host: Host,
): Promise<Pick<PowerPreparation, "plan" | "facts">> {
  const { root, context: { now } } = host;
  const selection = selectNodes(flags, root);
  const { choice, chosen } = selection;
  const nodes = chosen.map(({ node }) => node);
  checkWipe(flags.wipe ?? [], nodes);
  const consoles = await findConsoles(selection, { flags, host });
  const hostname = ifThere(() => root.readText("/etc/hostname"))?.trim() ?? "";
  const facts = verb === "on"
    ? readStartFacts(nodes, flags, { root, now: now() })
    : readDisks(nodes, { root, webRoot: flags["web-root"] });
  const plan = planPower(chosen, {
    verb,
    boot: flags.pxe ? { persistent: !flags.once } : null,
    isPit: (node) => node === choice.pit || isHost(hostname, node),
    mayWipe: (node) => flags.wipe?.some((word) => fitsPattern(node, word)) ?? false,
    leftOut: leaveOut(draft.document, nodes),
    ...consoles,
    facts,
  });
  return { plan, facts };
}

/** A PIT is called as its node, with the system before and `-pit` behind it. */
function isHost(hostname: string, node: string): boolean {
  const [name = ""] = hostname.split(".");
  return name === node || name.replace(/-pit$/, "").endsWith(`-${node}`) ||
    name === `${node}-pit`;
}

/** Whoever names a node twice means the same one. */
function checkWipe(words: readonly string[], nodes: readonly string[]): void {
  const others = words.filter((word) => !nodes.some((node) => fitsPattern(node, word)));
  if (others.length === 0) return;
  const range = others.some(isPattern) ? others.join(",") : foldHosts(others);
  throw new Failure("input-missing", {
    message: `--wipe names ${range}, which --nodes does not`,
    hint: "--wipe names nodes of --nodes once more",
  });
}

/** How BMCs are reached: at the addresses of their leases. */
interface Consoles {
  readonly targets: ReadonlyMap<string, BmcTarget>;
  readonly mistaken: ReadonlyMap<string, string>;
}

async function findConsoles(
  { chosen, choice, statics }: Selection,
  { flags, host }: { readonly flags: PowerFlags; readonly host: Host },
): Promise<Consoles> {
  const hint = "csi pit init writes it; name another with --conman";
  const conman = parseConman(host.root.readText(flags.conman, hint));
  const query = { chosen: statics.bmcs, choice, statics, leases: flags.leases };
  const leases = await currentLeases(query, host).then(
    ({ leases }) => leases,
    onFailure(({ message }): BmcLease[] => {
      host.reporter.say(`the addresses of BMCs are those of ${flags.conman}: ${message}`);
      return [];
    }),
  );
  return consolesOf(bmcTargets(conman, chosen, choice).targets, { leases, bmcs: statics.bmcs });
}

/**
 * Takes the addresses of leases, and finds the addresses that belong to others.
 *
 * @param targets The BMCs, at the addresses of conman.conf.
 * @param known Who has a lease, and who is known.
 */
export function consolesOf(
  targets: readonly BmcTarget[],
  { leases, bmcs }: { readonly leases: readonly BmcLease[]; readonly bmcs: readonly StaticBmc[] },
): Consoles {
  const ips = new Map(leases.map(({ bmc, ip }) => [bmc, ip]));
  const owners = new Map([
    ...bmcs.flatMap(({ name, ip }) => ip === null ? [] : [[ip, name] as const]),
    ...leases.map(({ bmc, ip }) => [ip, bmc] as const),
  ]);
  const placed = targets.map((target) => ({
    ...target,
    address: ips.get(target.name) ?? target.address,
  }));
  return {
    targets: new Map(placed.map((target) => [target.node, target])),
    mistaken: new Map(placed.flatMap(({ node, name, address }) => {
      const owner = owners.get(address);
      return owner === undefined || owner === name ? [] : [[node, owner] as const];
    })),
  };
}
