/**
 * Changes what nodes boot, so that nothing is lost wherever it is cut off: what may
 * be an administrator's is saved first, then what is about to happen is remembered,
 * then it happens.
 *
 * @module
 */

import { shellWords } from "../cli/shell_words.ts";
import type { Context } from "../io/context.ts";
import type { Host } from "../command/host.ts";
import { Failure, type Report } from "../document/problems.ts";
import { failureOf, guarded, writeFailure } from "../io/failures.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { bytesOfText, sha256, textOfBytes } from "../text/byte_text.ts";
import { type Applied, applyPlans } from "./apply_plans.ts";
import {
  type BootScriptChange,
  changesOf,
  parentFor,
  scriptsBefore,
  type StoredGeneration,
} from "../history/generations.ts";
import { planAgain, type PlanTools } from "./node_planner.ts";
import { savedAs } from "../boot/plan_script.ts";
import { hasSteps } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { type ScriptRecords, updateRecords } from "../history/script_records.ts";
import { readLastGenerations } from "../history/read_state.ts";
import type { StateDirectory } from "../history/state_directory.ts";
import { removeUnfinished } from "./unfinished.ts";

const UNWRITABLE = { state: "no node was changed", hint: "look at what is there, and run again" };

/** What a switch needs besides the nodes. */
export interface SwitchTools extends PlanTools {
  /** Locked. */
  readonly directory: StateDirectory;
  /** What becomes of `boot/script.ipxe`, and where that file is; `null` for nothing. */
  readonly bootScript: BootScriptChange & { readonly path: string; readonly target: string } | null;
  /** The generation that is restored, and where that leads back to. */
  readonly restores: { readonly number: number; readonly parent: number } | null;
  /** How many generations to remember. */
  readonly keep: number;
}

/**
 * Carries out plans, some nodes now and others later, and writes a generation if there
 * is anything to do: one for all of them, which grows.
 */
export class Switcher {
  readonly #tools: SwitchTools;
  readonly #context: Context;
  #records: ScriptRecords;
  #bootScript: SwitchTools["bootScript"];
  #generation: StoredGeneration | null = null;
  #isFirst = true;
  readonly #nodes: PlannedNode[] = [];
  readonly #failed = new Map<string, string | null>();
  readonly #saved: string[] = [];

  /**
   * @param tools How.
   * @param host Where.
   */
  constructor(tools: SwitchTools, { context }: Pick<Host, "context">) {
    this.#tools = tools;
    this.#context = context;
    this.#records = tools.records;
    this.#bootScript = tools.bootScript;
  }

  /**
   * Carries out plans.
   *
   * @param nodes What is planned; each node once in the life of this.
   * @throws {Failure} If nothing can be remembered: then none of these was changed.
   */
  async switch(nodes: readonly PlannedNode[]): Promise<void> {
    const { root, webRoot, directory, keep } = this.#tools;
    if (this.#isFirst) removeUnfinished(root, webRoot);
    this.#isFirst = false;
    const bootScript = this.#bootScript;
    const saved = nodes.flatMap(({ plan }) => plan.save);
    for (const step of saved) directory.save(step);
    if (!bootScript && !nodes.some(({ plan }) => hasSteps(plan))) {
      this.#remember(nodes);
      this.#nodes.push(...nodes);
      return;
    }
    if (bootScript) checkBootScript(bootScript, root);
    const generation = this.#generation ?? begin(this.#tools, this.#context);
    directory.writeGeneration(this.#with(nodes, generation), keep);
    this.#generation = generation;
    this.#remember(nodes);
    if (bootScript) writeBootScript(bootScript, this.#tools);
    this.#bootScript = null;
    this.#saved.push(...saved.map(({ to }) => to));
    directory.beginChanges();
    const applied = await this.#apply(nodes);
    this.#nodes.push(...applied.nodes);
    for (const [name, reason] of applied.failed) this.#failed.set(name, reason);
  }

  /** What became of the nodes so far. */
  get applied(): Applied {
    return { nodes: this.#nodes, failed: this.#failed };
  }

  /**
   * Ends it.
   *
   * @returns What an administrator should know of it.
   */
  end(): readonly Report[] {
    return [...savedReports(this.#saved), ...this.#finish()];
  }

  #apply(nodes: readonly PlannedNode[]): Promise<Applied> {
    const { root, directory } = this.#tools;
    return applyPlans(nodes, {
      root,
      signal: this.#context.signal,
      look: async (node) => {
        const again = await planAgain(node, this.#tools);
        for (const step of again === node ? [] : again.plan.save) {
          directory.save(step);
          this.#saved.push(step.to);
        }
        return again;
      },
      saveUnseen: async (text, saveAs) => {
        const to = savedAs(saveAs, await sha256(text));
        directory.save({ to, text });
        this.#saved.push(to);
      },
    });
  }

  #remember(nodes: readonly PlannedNode[]): void {
    const updated = updateRecords(this.#records, nodes);
    if (!updated) return;
    this.#tools.directory.writeRecords(updated);
    this.#records = updated;
  }

  #with(more: readonly PlannedNode[], generation: StoredGeneration): StoredGeneration {
    const nodes = [...this.#nodes, ...more];
    return {
      ...generation,
      changes: changesOf(nodes, this.#failed),
      scripts: scriptsBefore(nodes, this.#tools.bootScript),
    };
  }

  /** The work is done whether or not that can be remembered. */
  #finish(): Report[] {
    if (!this.#generation) return [];
    const { directory, keep } = this.#tools;
    const ended = { ...this.#with([], this.#generation), ended: timeOf(this.#context) };
    try {
      directory.writeGeneration(ended, keep);
      return [];
    } catch (error) {
      return [["history-unfinished", {
        message: `${failureOf(error).message}: generation ${ended.number} looks cut off`,
        hint: "make room there; pitboot rollback can undo it all the same",
      }]];
    }
  }
}

/** A generation in which nothing has happened yet. */
function begin(
  { root, state, bootScript, restores }: SwitchTools,
  context: Context,
): StoredGeneration {
  const last = readLastGenerations(root, state);
  return {
    number: (last.at(-1)?.number ?? 0) + 1,
    parent: restores ? restores.parent : parentFor(last),
    restores: restores?.number ?? null,
    begun: timeOf(context),
    ended: null,
    who: context.env("SUDO_USER") || context.env("LOGNAME") || uidName(),
    command: commandLine(context),
    bootScript: bootScript &&
      { before: bootScript.before.sha256, after: bootScript.after.sha256 },
    changes: [],
    scripts: {},
  };
}

function savedReports(paths: readonly string[]): Report[] {
  if (paths.length === 0) return [];
  const [first = ""] = paths;
  const others = paths.length > 1 ? ` and ${paths.length - 1} more` : "";
  return [["script-saved", {
    message:
      `scripts that may be an administrator's were replaced, and saved before: ${first}${others}`,
    hint: "put what you need of them into boot/script.ipxe, or into the script of the node",
  }]];
}

function writeBootScript(
  bootScript: NonNullable<SwitchTools["bootScript"]>,
  { root }: SwitchTools,
): void {
  const { path, target, after } = bootScript;
  checkBootScript(bootScript, root);
  const disk = new WritableRoot(root);
  const write = (): void => disk.replace(target, bytesOfText(after.text), after);
  guarded(path, UNWRITABLE, write, writeFailure);
}

/** Somebody may have saved it since it was read. */
function checkBootScript(
  { path, target, before }: NonNullable<SwitchTools["bootScript"]>,
  root: SwitchTools["root"],
): void {
  const read = (): string => textOfBytes(root.read(target));
  if (guarded(path, UNWRITABLE, read) === before.text) return;
  throw new Failure("script-unfit", {
    message: `${path} was changed while pitboot was at work`,
    hint: "no node was changed; run again when it is as it should be",
  });
}

function timeOf(context: Context): string {
  return new Date(context.now()).toISOString();
}

function uidName(): string {
  const uid = Deno.uid();
  return uid === 0 ? "root" : `uid ${uid}`;
}

function commandLine({ name, args, env }: Context): string {
  const release = env("CSM_RELEASE");
  return [...release ? [`CSM_RELEASE=${release}`] : [], shellWords([name, ...args])].join(" ");
}
