/**
 * Looks at nodes and plans what to do for each; anything in the way ends it.
 *
 * @module
 */

import type { Observed, ScriptState, Wanted } from "../boot/boot_tree.ts";
import { nodeObserver, observeNode } from "../boot/observe_node.ts";
import { obstacleIn } from "../boot/plan_links.ts";
import type { ScriptHistory } from "../boot/plan_script.ts";
import { hasSteps, type NodePlan } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { Failure } from "../document/problems.ts";
import { readRecords } from "../history/read_state.ts";
import type { ScriptRecords } from "../history/script_records.ts";
import { savedScript } from "../history/state_paths.ts";
import { guarded } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { flawOf, type LeftAlone, leftAlone } from "./flaws.ts";
import { SafePlaces } from "./safe_places.ts";
import { digestOf } from "./wanted_scripts.ts";

const UNREADABLE = { state: "nothing was changed", hint: "run it again if somebody moved it" };
const NO_WEB_ROOT = { state: "nothing was changed", hint: "name another with --web-root" };

/**
 * Looks at boot directories before anything is changed.
 *
 * @returns As {@linkcode nodeObserver} does.
 * @throws {Failure} If something cannot be read; so does what is returned.
 */
export function plannedObserver(root: Root, webRoot: string): (node: string) => Observed {
  const observe = guarded(webRoot, NO_WEB_ROOT, () => nodeObserver(root, webRoot));
  return (node) => guarded(`${webRoot}/${node}`, UNREADABLE, () => observe(node));
}

/** Decides what to do for a node. */
export type Decide = (wanted: Wanted, observed: Observed, history: ScriptHistory) => NodePlan;

/** Where to look, and what the command line says of it. */
export interface PlanFlags {
  readonly "web-root": string;
  readonly state: string;
  readonly "reset-scripts": boolean;
  readonly config: string;
}

/** Plans for nodes; nothing is changed. */
export class Planner {
  readonly #flags: PlanFlags;
  readonly #decide: Decide;
  readonly #root: Root;
  readonly #places: SafePlaces;
  /** Which scripts are ours. */
  readonly records: ScriptRecords;

  /**
   * @param flags Where to look.
   * @param decide What to do for a node.
   * @param root The file system.
   * @throws {Failure} If the records cannot be read.
   */
  constructor(flags: PlanFlags, decide: Decide, root: Root) {
    this.#flags = flags;
    this.#decide = decide;
    this.#root = root;
    this.#places = new SafePlaces(root, flags.config);
    this.records = readRecords(root, flags.state);
  }

  /**
   * Looks at nodes and plans what to do.
   *
   * @param wanted How their boot directories should be.
   * @param leave Is told which nodes cannot be changed, and are left out.
   * @throws {Failure} If something that is not ours is in the way of one of them, or
   * others than root may write to the web root.
   */
  async plan(
    wanted: readonly Wanted[],
    leave: (left: LeftAlone) => void,
  ): Promise<PlannedNode[]> {
    const webRoot = this.#flags["web-root"];
    const observe = plannedObserver(this.#root, webRoot);
    this.#places.check(webRoot);
    const all: PlannedNode[] = [];
    for (const each of wanted) all.push(await this.#planOne(each, observe(each.name)));
    for (const left of leftAlone(all, this.#places)) leave(left);
    const nodes = all.filter((node) => flawOf(node, this.#places) === null);
    const obstacles = nodes.flatMap((node) => obstacleOf(node) ?? []);
    if (obstacles.length === 0) return nodes;
    throw new Failure("node-blocked", {
      message: `not made by pitboot, and in the way of a boot directory or a link: ${
        obstacles.join(", ")
      }`,
      hint: "move it elsewhere and run again; nothing was changed",
    });
  }

  /**
   * Looks at a node again, right before its turn.
   *
   * @param node What is planned for it.
   * @returns The same, or a new plan if something has changed since.
   * @throws If something that is not ours is in the way now.
   */
  async again(node: PlannedNode): Promise<PlannedNode> {
    const observed = observeNode(this.#root, node.wanted.directory);
    if (JSON.stringify(observed) === JSON.stringify(node.observed)) return node;
    const again = await this.#planOne(node.wanted, observed);
    const flaw = flawOf(again, this.#places);
    if (flaw) throw new Error(flaw.words);
    const obstacle = obstacleOf(again);
    if (obstacle) throw new Error(`${obstacle} has appeared and is in the way`);
    return again;
  }

  /**
   * Tells whether a node is not as it was when that was planned, and not offline either.
   *
   * @param node What is planned for it.
   * @throws If it cannot be read.
   */
  isElsewhere({ wanted: { directory }, observed }: PlannedNode): boolean {
    const now = observeNode(this.#root, directory);
    return now.parked === null && JSON.stringify(now) !== JSON.stringify(observed);
  }

  async #planOne(wanted: Wanted, observed: Observed): Promise<PlannedNode> {
    const history: ScriptHistory = {
      written: this.records.get(wanted.name) ?? [],
      digests: await digestsOf(observed, wanted),
      reset: this.#flags["reset-scripts"],
      saveAs: savedScript(this.#flags.state, wanted.name),
    };
    return { wanted, observed, history, plan: this.#decide(wanted, observed, history) };
  }
}

/** Where nothing is to be done, nothing is in the way. */
function obstacleOf({ wanted, observed, plan }: PlannedNode): string | null {
  return hasSteps(plan) ? obstacleIn(wanted, observed) : null;
}

async function digestsOf(
  { script, stray, parked }: Observed,
  { script: wanted }: Wanted,
): Promise<Map<string, string>> {
  const found: readonly (ScriptState | null)[] = [script, stray, parked?.script ?? null];
  const digests = new Map<string, string>();
  for (const each of found) {
    if (each) digests.set(each.text, await digestOf(each.text, wanted));
  }
  return digests;
}
