/**
 * Records changes of what nodes boot, so that nothing is lost wherever a run is
 * interrupted: what may be an administrator's is saved first, then what is about to
 * happen is recorded, and only then it happens.
 *
 * @module
 */

import { hasSteps, type SaveStep } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { shellWords } from "../cli/shell_words.ts";
import type { Report } from "../document/problems.ts";
import type { Context } from "../io/context.ts";
import { failureOf } from "../io/failures.ts";
import {
  type BootScriptChange,
  changesOf,
  type KeptScript,
  parentFor,
  scriptsBefore,
  type StoredGeneration,
} from "./generations.ts";
import { type ScriptRecords, updateRecords } from "./script_records.ts";
import type { StateDirectory } from "./state_directory.ts";

/** What a generation says of its change as a whole. */
export interface Recording {
  /** Which scripts are ours so far. */
  readonly records: ScriptRecords;
  /** What becomes of `boot/script.ipxe`; `null` for nothing. */
  readonly bootScript: BootScriptChange | null;
  /** The generation that is restored, and where that leads back to. */
  readonly restores: { readonly number: number; readonly parent: number } | null;
  /** How many generations to keep. */
  readonly keep: number;
}

/** Records what happens to nodes: one generation, if there is anything to do. */
export class Recorder {
  readonly #state: StateDirectory;
  readonly #recording: Recording;
  readonly #context: Context;
  #records: ScriptRecords;
  #generation: StoredGeneration | null = null;
  /** The nodes that it speaks of. */
  readonly #recorded = new Set<string>();
  /** The scripts that it holds. */
  readonly #scripts = new Map<string, KeptScript>();
  readonly #saved = new Set<string>();

  /**
   * @param state Where.
   * @param recording What is known before the first node.
   * @param context The clock, and who runs pitboot.
   */
  constructor(state: StateDirectory, recording: Recording, context: Context) {
    this.#state = state;
    this.#recording = recording;
    this.#context = context;
    this.#records = recording.records;
  }

  /**
   * Records what is about to happen; it is on disk when this returns.
   *
   * @param nodes What is planned. Of a node that was recorded before, the new counts.
   * @throws {Failure} If something cannot be recorded: then nothing may happen.
   */
  record(nodes: readonly PlannedNode[]): void {
    for (const step of nodes.flatMap(({ plan }) => plan.save)) this.save(step);
    // A node for which nothing is to be done any more is recorded as it is.
    const changed = nodes.filter(({ wanted, plan }) =>
      hasSteps(plan) || this.#recorded.has(wanted.name)
    );
    if (changed.length > 0 || this.#recording.bootScript) this.#add(changed);
    const records = updateRecords(this.#records, nodes);
    if (records) this.#state.writeRecords(records);
    this.#records = records ?? this.#records;
    if (this.#generation) this.#state.beginChanges();
  }

  /** Saves a script that may be an administrator's; it is on disk when this returns. */
  save(step: SaveStep): void {
    this.#state.save(step);
    this.#saved.add(step.to);
  }

  /**
   * Ends the generation. The work is done whether or not that can be recorded.
   *
   * @param nodes The nodes as they were when it was their turn.
   * @param failed Why nodes failed, by name; `null` for those that were not begun.
   * @returns What an administrator should know of it.
   */
  end(
    nodes: readonly PlannedNode[],
    failed: ReadonlyMap<string, string | null>,
  ): readonly Report[] {
    const saved = savedReports([...this.#saved]);
    if (!this.#generation) return saved;
    const changed = nodes.filter(({ plan }) => hasSteps(plan));
    const ended: StoredGeneration = {
      ...this.#generation,
      ended: timeOf(this.#context),
      changes: changesOf(changed, failed),
      scripts: scriptsBefore(changed, this.#recording.bootScript),
    };
    try {
      this.#state.endGeneration(ended);
      return saved;
    } catch (error) {
      return [...saved, ["history-unfinished", {
        message: `${failureOf(error).message}: generation ${ended.number} will look interrupted`,
        hint: "make room there; pitboot rollback can undo it all the same",
      }]];
    }
  }

  #add(nodes: readonly PlannedNode[]): void {
    const { bootScript, keep } = this.#recording;
    const addition = {
      changes: changesOf(nodes),
      scripts: scriptsBefore(nodes, bootScript, this.#scripts),
    };
    if (this.#generation) {
      if (nodes.length > 0) this.#state.addToGeneration(addition);
    } else {
      const generation = this.#describe();
      this.#state.beginGeneration({ ...generation, ...addition }, keep);
      this.#generation = generation;
    }
    for (const { wanted } of nodes) this.#recorded.add(wanted.name);
  }

  /** A generation in which nothing has happened yet. */
  #describe(): StoredGeneration {
    const { restores, bootScript } = this.#recording;
    const context = this.#context;
    const last = this.#state.lastGenerations();
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
}

function savedReports([first, ...others]: readonly string[]): Report[] {
  if (first === undefined) return [];
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return [["script-saved", {
    message: `possibly hand-edited scripts were saved, then replaced: ${first}${more}`,
    hint: "put what you need of them into boot/script.ipxe, or into the script of the node",
  }]];
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
