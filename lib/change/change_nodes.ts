/**
 * What all commands that change boot directories do: plan, then act, then report.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { count, flag, type Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { BootNode } from "../document/document.ts";
import type { Applied } from "./apply_plans.ts";
import type { Wanted } from "../boot/boot_tree.ts";
import { fetchingNodes } from "./fetching_nodes.ts";
import { describeChanges } from "../boot/describe_changes.ts";
import { linkProblems, nodeEntry } from "./link_report.ts";
import { type Decide, planNodes, type PlanTools } from "./node_planner.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { readRecords } from "../history/read_state.ts";
import type { StateDirectory } from "../history/state_directory.ts";
import { Switcher, type SwitchTools } from "./switch_nodes.ts";

/** Options of every command that changes boot directories. */
export const CHANGE_OPTIONS = {
  "reset-scripts": flag("Replace script.ipxe of a node even if somebody changed it."),
  keep: count("N", "Remember the last N changes for history and rollback.", {
    ...{ min: 1, max: 100_000, initial: 50 },
  }),
  ...pathOptions("web-root", "state", "access-log"),
};

/** What they ask for. */
export type ChangeFlags = Flags<typeof CHANGE_OPTIONS & typeof DRY_RUN_OPTIONS>;

/** What is to be changed, and how. */
export interface Change {
  readonly flags: ChangeFlags;
  /** Locked; `null` with `--dry-run`. */
  readonly state: StateDirectory | null;
  readonly decide: Decide;
  readonly bootScript?: SwitchTools["bootScript"];
  readonly restores?: SwitchTools["restores"];
}

/**
 * Changes boot directories and adds `nodes`; with `--dry-run` shows what would be
 * done.
 *
 * @param draft The document.
 * @param wanted How the boot directories should be.
 * @param change How to get there.
 * @param host Where.
 * @returns What became of it.
 * @throws {Failure} If something is in the way, or nothing can be remembered.
 */
export async function changeNodes(
  draft: Draft,
  wanted: readonly Wanted[],
  change: Change,
  host: Host,
): Promise<Applied> {
  const changer = new NodeChanger(draft, change, host);
  await changer.change(await changer.plan(wanted));
  return changer.end();
}

/** Changes boot directories, some now and others later, and adds `nodes`. */
export class NodeChanger {
  readonly #draft: Draft;
  readonly #change: Change;
  readonly #host: Host;
  readonly #tools: PlanTools;
  readonly #switcher: Switcher | null;
  /** With `--dry-run`. */
  readonly #planned: PlannedNode[] = [];
  readonly #entries: BootNode[] = [];

  /**
   * @param draft The document.
   * @param change What to do.
   * @param host Where.
   */
  constructor(draft: Draft, change: Change, host: Host) {
    const { flags, state, decide, bootScript = null, restores = null } = change;
    const { root } = host;
    this.#draft = draft;
    this.#change = change;
    this.#host = host;
    this.#tools = {
      ...{ root, decide },
      webRoot: flags["web-root"],
      state: flags.state,
      records: readRecords(root, flags.state),
      reset: flags["reset-scripts"],
    };
    this.#switcher = state && new Switcher({
      ...this.#tools,
      ...{ bootScript, restores, directory: state, keep: flags.keep },
    }, host);
  }

  /**
   * Looks at nodes and plans what to do.
   *
   * @param wanted How their boot directories should be.
   * @throws {Failure} If something is in the way of one of them.
   */
  async plan(wanted: readonly Wanted[]): Promise<PlannedNode[]> {
    return await planNodes(wanted, this.#tools);
  }

  /**
   * Does what is planned.
   *
   * @param nodes What {@linkcode plan} says, of each node once.
   * @throws {Failure} If nothing can be remembered.
   */
  async change(nodes: readonly PlannedNode[]): Promise<void> {
    // At the last moment; who fetches something after that cannot be known.
    this.#draft.reportAll(fetchingNodes(nodes, this.#change.flags["access-log"], this.#host));
    const before = this.#applied.nodes.length;
    if (this.#switcher) await this.#switcher.switch(nodes);
    else this.#planned.push(...nodes);
    const { nodes: all, failed } = this.#applied;
    for (const node of all.slice(before)) {
      const entry = nodeEntry(node, failed.has(node.wanted.name));
      this.#entries.push(entry);
      const { name, change, release } = entry;
      if (this.#switcher) this.#host.emit({ what: "linked", node: name, change, release });
    }
    this.#draft.add({ nodes: this.#entries.toSorted((a, b) => a.name < b.name ? -1 : 1) });
  }

  /** Ends it, and reports on it. */
  end(): Applied {
    const { reporter, context: { stderr } } = this.#host;
    const { nodes, failed } = this.#applied;
    this.#draft.reportAll([...linkProblems(nodes, failed), ...this.#switcher?.end() ?? []]);
    if (!this.#switcher) {
      const width = stderr.isTerminal ? stderr.columns() : Infinity;
      reporter.show(describeChanges(nodes, reporter.isVerbose, width));
    }
    return { nodes, failed };
  }

  get #applied(): Applied {
    return this.#switcher?.applied ?? { nodes: this.#planned, failed: new Map() };
  }
}
