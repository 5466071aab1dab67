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
import type { AcceptedFile } from "../document/generation.ts";
import type { Report } from "../document/problems.ts";
import type { Context } from "../io/context.ts";
import { whoRuns } from "./caller.ts";
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
  /** The files of images that were taken on somebody's word. */
  readonly accepted: readonly AcceptedFile[];
  /** How many generations to keep. */
  readonly keep: number | null;
}

/** What became of nodes so far. */
export interface Outcomes {
  /** As they were when it was their turn. */
  readonly nodes: readonly PlannedNode[];
  /** Why nodes failed, by name; `null` for those that were not begun. */
  readonly failed: ReadonlyMap<string, string | null>;
}

const NOTHING_YET: Outcomes = { nodes: [], failed: new Map() };

/**
 * Records what happens to nodes: one generation, if there is anything to do. Once another
 * command has made one after it, what is added becomes a new one: at the end of each
 * generation it is known what all nodes boot.
 */
export class Recorder {
  readonly #state: StateDirectory;
  readonly #recording: Recording;
  readonly #context: Context;
  #records: ScriptRecords;
  #bootScript: BootScriptChange | null;
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
    this.#bootScript = recording.bootScript;
  }

  /**
   * Records what is about to happen; it is on disk when this returns.
   *
   * @param nodes What is planned. Of a node that was recorded before, the new counts.
   * @param soFar What became of the nodes before.
   * @throws {Failure} If something cannot be recorded: then nothing may happen.
   */
  record(nodes: readonly PlannedNode[], soFar: Outcomes = NOTHING_YET): void {
    this.#endIfOlder(soFar);
    if (!this.#state.claims.keepsTurn) this.#records = this.#state.readRecords();
    for (const step of nodes.flatMap(({ plan }) => plan.save)) this.save(step);
    // A node for which nothing is to be done any more is recorded as it is.
    const changed = nodes.filter(({ wanted, plan }) =>
      hasSteps(plan) || this.#recorded.has(wanted.name)
    );
    if (changed.length > 0 || this.#bootScript) this.#add(changed);
    const records = updateRecords(this.#records, nodes);
    if (records) this.#state.writeRecords(records);
    this.#records = records ?? this.#records;
    if (this.#generation) this.#state.claims.beginChanges();
  }

  /** What is so if the work ends here: whether a node may have been changed. */
  get standing(): string {
    return this.#state.claims.advice.state;
  }

  /** Saves a script that may be an administrator's; it is on disk when this returns. */
  save(step: SaveStep): void {
    this.#state.save(step);
    this.#saved.add(step.to);
  }

  /**
   * Ends the generation. The work is done whether or not that can be recorded.
   *
   * @param outcomes What became of the nodes.
   * @param notReady The selected nodes that are not ready.
   * @returns What an administrator should know of it.
   */
  end(outcomes: Outcomes, notReady: readonly string[]): readonly Report[] {
    const saved = savedReports([...this.#saved]);
    if (!this.#generation) return saved;
    const { number } = this.#generation;
    try {
      const ended = this.#ended(this.#generation, outcomes);
      this.#state.endGeneration({ ...ended, ...notReady.length > 0 && { notReady } });
      return saved;
    } catch (error) {
      return [...saved, ["history-unfinished", {
        message: `${failureOf(error).message}: generation ${number} will look interrupted`,
        hint: (typed) => `make room there; ${typed.command("rollback")} can undo it all the same`,
      }]];
    }
  }

  /** What comes after a generation of another command is not added before it. */
  #endIfOlder(soFar: Outcomes): void {
    const generation = this.#generation;
    if (!generation || this.#state.claims.keepsTurn) return;
    if (this.#state.newest === generation.number) return;
    this.#state.endGeneration(this.#ended(generation, soFar));
    this.#generation = null;
    this.#bootScript = null;
    this.#recorded.clear();
    this.#scripts.clear();
  }

  #ended(generation: StoredGeneration, { nodes, failed }: Outcomes): StoredGeneration {
    const changed = nodes.filter(({ wanted, plan }) =>
      hasSteps(plan) && this.#recorded.has(wanted.name)
    );
    return {
      ...generation,
      ended: timeOf(this.#context),
      changes: changesOf(changed, failed),
      scripts: scriptsBefore(changed, this.#bootScript),
    };
  }

  #add(nodes: readonly PlannedNode[]): void {
    const addition = {
      changes: changesOf(nodes),
      scripts: scriptsBefore(nodes, this.#bootScript, this.#scripts),
    };
    if (this.#generation) {
      if (nodes.length > 0) this.#state.addToGeneration(addition);
    } else {
      const generation = this.#describe();
      this.#state.beginGeneration({ ...generation, ...addition }, this.#recording.keep);
      this.#generation = generation;
    }
    for (const { wanted } of nodes) this.#recorded.add(wanted.name);
  }

  /** A generation in which nothing has happened yet. */
  #describe(): StoredGeneration {
    const [{ restores }, bootScript] = [this.#recording, this.#bootScript];
    const context = this.#context;
    const last = this.#state.lastGenerations();
    const running = this.#state.claims.generations();
    const accepted = united(last.at(-1)?.accepted, this.#recording.accepted);
    return {
      number: (last.at(-1)?.number ?? 0) + 1,
      parent: restores ? restores.parent : parentFor(last, running),
      restores: restores?.number ?? null,
      begun: timeOf(context),
      ended: null,
      who: whoRuns(context),
      command: commandLine(context),
      bootScript: bootScript &&
        { before: bootScript.before.sha256, after: bootScript.after.sha256 },
      changes: [],
      ...accepted.length > 0 && { accepted },
      scripts: {},
    };
  }
}

/** What is said of a file anew counts; the rest still does when older generations are gone. */
function united(
  before: readonly AcceptedFile[] = [],
  now: readonly AcceptedFile[],
): readonly AcceptedFile[] {
  return [...new Map([...before, ...now].map((file) => [file.path, file])).values()];
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

function commandLine({ name, args, env }: Context): string {
  const release = env("CSM_RELEASE");
  return [...release ? [`CSM_RELEASE=${release}`] : [], shellWords([name, ...args])].join(" ");
}
