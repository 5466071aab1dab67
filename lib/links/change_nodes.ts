/**
 * What all commands that change boot directories do: plan, then act, then report.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { count, flag, type Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { Wanted } from "./boot_tree.ts";
import { fetchingNodes } from "./fetching_nodes.ts";
import { describeChanges } from "./describe_changes.ts";
import { linkProblems, nodeEntry } from "./link_report.ts";
import { type Decide, planNodes } from "./node_planner.ts";
import { readRecords, StateDirectory } from "./state_directory.ts";
import { type Switched, switchNodes, type SwitchTools } from "./switch_nodes.ts";

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
 * Locks the state directory, before anything is read that another run may change.
 *
 * @returns `null` with `--dry-run`.
 * @throws {Failure} If another run holds the lock, or nothing can be written.
 */
export async function lockState(
  { state, "dry-run": isDry }: ChangeFlags,
  { root }: Host,
): Promise<StateDirectory | null> {
  return isDry ? null : await StateDirectory.lock(root, state);
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
  { flags, state, decide, bootScript = null, restores = null }: Change,
  host: Host,
): Promise<Switched> {
  const { root, reporter, context: { stderr } } = host;
  const tools = {
    ...{ root, decide, bootScript, restores },
    webRoot: flags["web-root"],
    state: flags.state,
    records: readRecords(root, flags.state),
    reset: flags["reset-scripts"],
    keep: flags.keep,
  };
  const nodes = await planNodes(wanted, tools);
  // At the last moment; who fetches something after that cannot be known.
  draft.reportAll(fetchingNodes(nodes, flags["access-log"], host));
  const result = state
    ? await switchNodes(nodes, { ...tools, directory: state }, host)
    : { nodes, failed: new Map<string, null>(), reports: [] };
  const { failed, reports } = result;
  draft.add({ nodes: result.nodes.map((node) => nodeEntry(node, failed.has(node.wanted.name))) });
  draft.reportAll([...linkProblems(result.nodes, failed), ...reports]);
  if (!state) {
    const width = stderr.isTerminal ? stderr.columns() : Infinity;
    reporter.show(describeChanges(nodes, reporter.isVerbose, width));
  }
  return result;
}
