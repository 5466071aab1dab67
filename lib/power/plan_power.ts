/**
 * Decides what is to become of each selected node, before any BMC is asked.
 *
 * @module
 */

import type { BmcTarget } from "../bmc/bmc_targets.ts";
import type { NodePower } from "../document/document.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import type { StartFacts } from "./disk_facts.ts";
import type { PowerAim } from "./next_step.ts";
import type { PowerVerb } from "./power_options.ts";
import { type Refusal, refusalsFor } from "./wipe_guard.ts";

/** What was asked for, and what is known. */
export interface PowerQuestion {
  readonly verb: PowerVerb;
  /** Whether to boot from the network; at each start, or at the next one. */
  readonly boot: PowerAim["boot"];
  /** Tells whether a node is this machine. */
  isPit(node: string): boolean;
  /** Tells whether somebody has said that a node may be wiped. */
  mayWipe(node: string): boolean;
  /** What earlier commands have against nodes. */
  readonly leftOut: ReadonlyMap<string, Refusal>;
  /** How BMCs are reached. */
  readonly targets: ReadonlyMap<string, BmcTarget>;
  /** Whose address it really is, where conman.conf has that of another. */
  readonly mistaken: ReadonlyMap<string, string>;
  /** What is known of nodes that are to be started. */
  readonly facts: ReadonlyMap<string, StartFacts>;
}

/** A node whose BMC will be asked. */
export interface PlannedPower {
  readonly target: BmcTarget;
  readonly aim: PowerAim;
}

/** What is to become of the nodes. */
export interface PowerPlan {
  /** Sorted by node. */
  readonly asked: readonly PlannedPower[];
  /** Those that are left alone, and why. */
  readonly spared: readonly NodePower[];
}

/**
 * Plans what is done.
 *
 * @param chosen The BMCs of the selected nodes.
 * @param question What was asked for, and what is known.
 */
export function planPower(chosen: readonly StaticBmc[], question: PowerQuestion): PowerPlan {
  const asked: PlannedPower[] = [];
  const spared: NodePower[] = [];
  for (const bmc of chosen) {
    const { node } = bmc;
    const target = question.targets.get(node);
    const why = objectionTo(node, question);
    if (why) spared.push(sparedPower(bmc, why));
    else if (target) asked.push({ target, aim: powerAim(node, question) });
  }
  return { asked, spared };
}

/** Makes an entry for a node that is left alone. */
function sparedPower({ node, name }: StaticBmc, { reason, message }: Refusal): NodePower {
  const state = REFUSED.has(reason) ? "refused" : "skipped";
  const unknown = { address: null, before: null, after: null, boot: null, by: null } as const;
  return { node, bmc: name, ...unknown, state, reason, seconds: 0, message };
}

const REFUSED: ReadonlySet<Refusal["reason"]> = new Set<Refusal["reason"]>([
  "pit",
  "offline",
  "address-of-other",
]);

function objectionTo(node: string, question: PowerQuestion): Refusal | null {
  const { verb, leftOut, targets, mistaken, facts } = question;
  if (verb !== "status" && question.isPit(node)) {
    return { reason: "pit", message: "it is the PIT: pitboot never switches it" };
  }
  const before = verb === "status" ? undefined : leftOut.get(node);
  if (before) return before;
  if (facts.get(node)?.isOffline) {
    return { reason: "offline", message: "somebody has taken it offline" };
  }
  const other = mistaken.get(node);
  if (other !== undefined) {
    return { reason: "address-of-other", message: `its address belongs to ${other}` };
  }
  if (targets.has(node)) return null;
  return { reason: "no-console", message: "conman.conf has no console of its BMC" };
}

function powerAim(node: string, { verb, boot, facts, ...question }: PowerQuestion): PowerAim {
  const nobody = { on: null, off: null };
  if (verb !== "on") {
    const power = verb === "off" ? "off" : null;
    return { power, boot: null, mayRestart: false, refusals: nobody };
  }
  const isNamed = question.mayWipe(node);
  const known = facts.get(node) ?? { disks: "unknown", installed: "may be installed" };
  const refusals = refusalsFor(known, { isNamed, isTold: boot !== null });
  return { power: "on", boot, mayRestart: isNamed, refusals };
}
