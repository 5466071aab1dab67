/**
 * Looks at nodes and plans what to do for each; anything in the way ends it.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { guarded } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import type { Observed, ScriptState, Wanted } from "../boot/boot_tree.ts";
import { nodeObserver, observeNode } from "../boot/observe_node.ts";
import { obstacleIn } from "../boot/plan_links.ts";
import type { ScriptHistory } from "../boot/plan_script.ts";
import { hasSteps, type NodePlan } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import type { ScriptRecords } from "../history/script_records.ts";
import { savedScript } from "../history/state_paths.ts";
import { digestOf } from "./wanted_scripts.ts";

/** What to do where a boot directory cannot be read. */
export const UNREADABLE = {
  state: "nothing was changed",
  hint: "run it again if somebody moved it",
};
/** What to do where the web root cannot be read. */
export const NO_WEB_ROOT = { state: "nothing was changed", hint: "name another with --web-root" };

/** Decides what to do for a node. */
export type Decide = (wanted: Wanted, observed: Observed, history: ScriptHistory) => NodePlan;

/** What plans are made with. */
export interface PlanTools {
  readonly root: Root;
  readonly webRoot: string;
  /** The state directory. */
  readonly state: string;
  readonly records: ScriptRecords;
  /** Replace a script even if an administrator changed it. */
  readonly reset: boolean;
  readonly decide: Decide;
}

/**
 * Looks at nodes and plans what to do.
 *
 * @param wanted How their boot directories should be.
 * @param tools How to plan.
 * @throws {Failure} If something that is not ours is in the way of one of them.
 */
export async function planNodes(
  wanted: readonly Wanted[],
  tools: PlanTools,
): Promise<PlannedNode[]> {
  const { root, webRoot } = tools;
  const observe = guarded(webRoot, NO_WEB_ROOT, () => nodeObserver(root, webRoot));
  const nodes: PlannedNode[] = [];
  const obstacles: string[] = [];
  for (const each of wanted) {
    const observed = guarded(each.directory, UNREADABLE, () => observe(each.name));
    const node = await planOne(each, observed, tools);
    const obstacle = obstacleOf(node);
    if (obstacle) obstacles.push(obstacle);
    else nodes.push(node);
  }
  if (obstacles.length === 0) return nodes;
  throw new Failure("node-blocked", {
    message: `not made by pitboot, and in the way of a boot directory or a link: ${
      obstacles.join(", ")
    }`,
    hint: "move it elsewhere and run again; nothing was changed",
  });
}

/**
 * Looks at a node again.
 *
 * @param node What is planned for it.
 * @param tools How to plan.
 * @returns The same, or a new plan if something has changed since.
 * @throws If something that is not ours is in the way now.
 */
export async function planAgain(node: PlannedNode, tools: PlanTools): Promise<PlannedNode> {
  const observed = observeNode(tools.root, node.wanted.directory);
  if (JSON.stringify(observed) === JSON.stringify(node.observed)) return node;
  const again = await planOne(node.wanted, observed, tools);
  const obstacle = obstacleOf(again);
  if (obstacle) throw new Error(`${obstacle} is in the way since a moment ago`);
  return again;
}

/** Where nothing is to be done, nothing is in the way. */
function obstacleOf({ wanted, observed, plan }: PlannedNode): string | null {
  return hasSteps(plan) ? obstacleIn(wanted, observed) : null;
}

async function planOne(
  wanted: Wanted,
  observed: Observed,
  { records, state, reset, decide }: PlanTools,
): Promise<PlannedNode> {
  const { script, stray, parked } = observed;
  const history: ScriptHistory = {
    written: records.get(wanted.name) ?? [],
    digests: await digestsOf([script, stray, parked?.script ?? null], wanted),
    reset,
    saveAs: savedScript(state, wanted.name),
  };
  return { wanted, observed, history, plan: decide(wanted, observed, history) };
}

async function digestsOf(
  scripts: readonly (ScriptState | null)[],
  { script: wanted }: Wanted,
): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const script of scripts) {
    if (script) digests.set(script.text, await digestOf(script.text, wanted));
  }
  return digests;
}
