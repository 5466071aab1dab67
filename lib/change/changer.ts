/**
 * What all commands that change boot directories do: plan, then act, then report.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import type { Wanted } from "../boot/boot_tree.ts";
import { describeChanges } from "../boot/describe_changes.ts";
import { hasSteps } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { unreadableProblems } from "../boot/unreadable.ts";
import { savedAs } from "../boot/plan_script.ts";
import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { flag, type Flags, optionalCount } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { BootNode } from "../document/document.ts";
import type { Failure } from "../document/problems.ts";
import { type Outcomes, Recorder, type Recording } from "../history/recorder.ts";
import { GENERATIONS_KEPT, type StateDirectory } from "../history/state_directory.ts";
import { failureOf } from "../io/failures.ts";
import { SafePlaces } from "./safe_places.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { sha256 } from "../text/byte_text.ts";
import { type Applied, applyPlans } from "./apply_plans.ts";
import { type BootScriptEdit, checkBootScript, writeBootScript } from "./boot_script_change.ts";
import { FetchWatch } from "./fetch_watch.ts";
import { linkProblems, nodeEntry, scriptOf, unreadableNodes } from "./link_report.ts";
import { type Decide, Planner } from "./planner.ts";
import { lostScripts, type ResetBy } from "./script_report.ts";
import { removeUnfinished } from "./unfinished.ts";

/** Options of every command that changes boot directories. */
export const CHANGE_OPTIONS = {
  "reset-scripts": flag("Replace script.ipxe of a node even if somebody changed it."),
  keep: optionalCount(
    "N",
    `Keep the last N changes for history and rollback (default: ${GENERATIONS_KEPT}, or as many as are kept already).`,
    { min: 1, max: 100_000 },
  ),
  ...pathOptions("web-root", "state", "access-log", "statics"),
};

/** What they ask for. */
export type ChangeFlags = Flags<typeof CHANGE_OPTIONS & typeof DRY_RUN_OPTIONS> & {
  readonly config: string;
};

/** What is to be changed, and how. */
export interface Change {
  readonly flags: ChangeFlags;
  /** Locked; `null` with `--dry-run`. */
  readonly state: StateDirectory | null;
  readonly decide: Decide;
  readonly bootScript?: BootScriptEdit | null;
  readonly restores?: Recording["restores"];
  /** The command that replaces scripts that were kept, if that is not set-links. */
  readonly resetBy?: ResetBy;
  /** The files of its images that were taken on somebody's word. */
  readonly accepted?: Recording["accepted"];
}

/**
 * Carries out plans, some nodes now and others later, each time in a turn of its own, and
 * adds `nodes`. All of them are one generation, if there is anything to do and nobody else
 * changes other nodes meanwhile.
 */
export class Changer {
  readonly #draft: Draft;
  readonly #flags: ChangeFlags;
  readonly #host: Host;
  readonly #root: WritableRoot;
  readonly #planner: Planner;
  /** `null` with `--dry-run`. */
  readonly #state: StateDirectory | null;
  readonly #places: SafePlaces;
  readonly #watch: FetchWatch;
  readonly #resetBy: ResetBy | undefined;
  /** `null` with `--dry-run`. */
  readonly #recorder: Recorder | null;
  /** Until it is written, which is before the first node is. */
  #bootScript: BootScriptEdit | null;
  /** What was done, by name. */
  readonly #nodes = new Map<string, PlannedNode>();
  readonly #entries = new Map<string, BootNode>();
  readonly #failed = new Map<string, string | null>();
  /** Why nodes were not even begun with, by name. */
  readonly #lost = new Map<string, string>();

  /**
   * @param draft The document.
   * @param change What to do.
   * @param host Where.
   */
  constructor(draft: Draft, change: Change, host: Host) {
    const { flags, state, decide, bootScript = null, restores = null, accepted = [], resetBy } =
      change;
    this.#draft = draft;
    this.#flags = flags;
    this.#state = state;
    this.#host = host;
    this.#root = new WritableRoot(host.root);
    this.#planner = new Planner(flags, decide, host.root);
    this.#places = new SafePlaces(host.root, flags.config);
    this.#watch = new FetchWatch(flags, host);
    this.#bootScript = bootScript;
    this.#resetBy = resetBy;
    const { records } = this.#planner;
    const recording = { records, bootScript, restores, accepted, keep: flags.keep };
    this.#recorder = state && new Recorder(state, recording, host.context);
  }

  /**
   * Looks at nodes and plans what to do.
   *
   * @param wanted How their boot directories should be.
   * @returns Not those whose boot directory is to be left alone, which are reported.
   * @throws {Failure} If something is in the way of one of them, or others than root may
   * write there.
   */
  async plan(wanted: readonly Wanted[]): Promise<PlannedNode[]> {
    // What is written besides them.
    if (this.#bootScript) this.#places.check(dirname(this.#bootScript.target));
    return await this.#planner.plan(
      wanted,
      (left) => this.lose(left.names, left.failure, left.words),
    );
  }

  /** Tells whether a node is not as it was when that was planned, and not offline either. */
  isElsewhere(node: PlannedNode): boolean {
    return this.#planner.isElsewhere(node);
  }

  /**
   * Does what is planned. Each node is looked at again right before its turn.
   *
   * @param nodes What {@linkcode plan} says. A node that failed may be tried again.
   * @returns The nodes that failed for a reason that may pass.
   * @throws {Failure} If nothing can be recorded: then none of these was changed.
   */
  async apply(nodes: readonly PlannedNode[]): Promise<ReadonlySet<string>> {
    using _turn = await this.#state?.claims.turn();
    // At the last moment; who fetches something after that cannot be known.
    this.#draft.reportAll(await this.#watch.look(nodes));
    const { nodes: seen, failed, passing } = await this.#switch(nodes);
    for (const { wanted: { name } } of seen) this.#settle(name, failed);
    for (const node of seen) this.#enter(node);
    const entries = [...this.#entries.values()];
    this.#draft.add({ nodes: entries.toSorted((a, b) => a.name < b.name ? -1 : 1) });
    return passing;
  }

  #settle(name: string, failed: Applied["failed"]): void {
    const reason = failed.get(name);
    this.#lost.delete(name);
    if (reason === undefined) this.#failed.delete(name);
    else this.#failed.set(name, reason);
  }

  /**
   * Leaves nodes alone that cannot be set up.
   *
   * @param names The nodes.
   * @param reason Why; a new reason is reported.
   * @param words The same of one node, in few words.
   */
  lose(
    names: readonly string[],
    { code, details }: Failure,
    words: string = details.message,
  ): void {
    const isNew = ![...this.#lost.values()].includes(words);
    for (const name of names) this.#lost.set(name, words);
    if (isNew) this.#draft.report(code, details);
  }

  /**
   * Keeps why nodes were not even begun with.
   *
   * @returns The same, to be thrown: whoever catches it reports it.
   */
  keepWhy(names: readonly string[], error: unknown): unknown {
    const { details: { message } } = failureOf(error);
    for (const name of names) this.#lost.set(name, message);
    return error;
  }

  /** What became of the nodes so far. */
  get applied(): Outcomes {
    const failed = new Map([...this.#lost, ...this.#failed]);
    return { nodes: [...this.#nodes.values()], failed };
  }

  /** Reports on what was done; with `--dry-run` shows it. */
  report(): void {
    const { reporter, context: { stderr } } = this.#host;
    const nodes = [...this.#nodes.values()];
    this.#draft.reportAll(linkProblems(nodes, this.#failed, this.#resetBy));
    this.#draft.reportAll(unreadableProblems(unreadableNodes(this.applied)));
    if (this.#recorder) return;
    this.#draft.reportAll(lostScripts(nodes.map(scriptOf)));
    const width = stderr.isTerminal ? stderr.columns() : Infinity;
    reporter.show(describeChanges(nodes, reporter.isVerbose, width));
  }

  /**
   * Ends the generation.
   *
   * @param notReady The selected nodes that are not ready.
   */
  conclude(notReady: readonly string[] = []): void {
    this.#draft.reportAll(this.#recorder?.end(this.#outcomes, notReady) ?? []);
  }

  async #switch(nodes: readonly PlannedNode[]): Promise<Applied> {
    const recorder = this.#recorder;
    if (!recorder) return { nodes, failed: new Map(), passing: new Set() };
    const { signal, listen, elapsed } = this.#host.context;
    if (nodes.some(({ plan }) => hasSteps(plan)) || this.#bootScript) listen();
    try {
      this.#prepare(nodes, recorder);
    } catch (error) {
      throw this.keepWhy(nodes.map(({ wanted: { name } }) => name), error);
    }
    return await applyPlans(nodes, {
      root: this.#root,
      signal,
      elapsed,
      look: async (node) => {
        const again = await this.#planner.again(node);
        if (again !== node) recorder.record([this.#sinceFirst(again)], this.#outcomes);
        return again;
      },
      saveUnseen: async (text, saveAs) => {
        recorder.save({ to: savedAs(saveAs, await sha256(text)), text });
      },
    });
  }

  /** All that must be on disk before the first node changes. */
  #prepare(nodes: readonly PlannedNode[], recorder: Recorder): void {
    // Of earlier runs, and of our own first try.
    const isAgain = nodes.some(({ wanted }) => this.#failed.has(wanted.name));
    if (this.#nodes.size === 0 || isAgain) {
      removeUnfinished(this.#root, this.#flags["web-root"], recorder.standing);
    }
    if (this.#bootScript) checkBootScript(this.#bootScript, this.#root);
    recorder.record(nodes.map((node) => this.#sinceFirst(node)), this.#outcomes);
    if (this.#bootScript) writeBootScript(this.#bootScript, this.#root);
    this.#bootScript = null;
  }

  get #outcomes(): Outcomes {
    return { nodes: [...this.#nodes.values()], failed: this.#failed };
  }

  /** A node that is tried again is changed from what it was at first. */
  #sinceFirst(node: PlannedNode): PlannedNode {
    const first = this.#nodes.get(node.wanted.name);
    if (!first) return node;
    const { observed, history, plan } = first;
    return { ...node, observed, history, plan: hasSteps(node.plan) ? node.plan : plan };
  }

  #enter(seen: PlannedNode): void {
    const node = this.#sinceFirst(seen);
    const { name } = node.wanted;
    const entry = nodeEntry(node, this.#failed.has(name));
    this.#nodes.set(name, node);
    this.#entries.set(name, entry);
    const { change, release } = entry;
    if (this.#recorder) this.#host.emit({ what: "linked", node: name, change, release });
  }
}
