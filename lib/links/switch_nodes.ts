/**
 * Changes what nodes boot, so that nothing is lost wherever it is cut off: what may
 * be an administrator's is saved first, then what is about to happen is remembered,
 * then it happens.
 *
 * @module
 */

import { shellWords } from "../cli/shell_words.ts";
import type { Context } from "../command/context.ts";
import type { Host } from "../command/host.ts";
import { Failure, type Report } from "../document/problems.ts";
import { failureOf, guarded, writeFailure } from "../io/failures.ts";
import { replaceFile } from "../io/replace_file.ts";
import { bytesOfText, sha256, textOfBytes } from "../text/byte_text.ts";
import { type Applied, applyPlans } from "./apply_plans.ts";
import {
  type BootScriptChange,
  changesOf,
  parentFor,
  scriptsBefore,
  type StoredGeneration,
} from "./generations.ts";
import { planAgain, type PlanTools } from "./node_planner.ts";
import { savedAs } from "./plan_script.ts";
import { hasSteps } from "./plan_steps.ts";
import type { PlannedNode } from "./planned_node.ts";
import { updateRecords } from "./script_records.ts";
import { readLastGenerations, type StateDirectory } from "./state_directory.ts";
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

/** What became of it. */
export interface Switched extends Applied {
  /** What an administrator should know of it, besides. */
  readonly reports: readonly Report[];
}

/**
 * Carries out plans, and writes a generation if there is anything to do.
 *
 * @param nodes What is planned.
 * @param tools How.
 * @param host Where.
 * @throws {Failure} If nothing can be remembered: then nothing was changed.
 */
export async function switchNodes(
  nodes: readonly PlannedNode[],
  tools: SwitchTools,
  { root, context }: Host,
): Promise<Switched> {
  const { directory, bootScript } = tools;
  removeUnfinished(root, tools.webRoot);
  const saved = nodes.flatMap(({ plan }) => plan.save);
  for (const step of saved) directory.save(step);
  if (!bootScript && !nodes.some(({ plan }) => hasSteps(plan))) {
    remember(nodes, tools);
    return { nodes, failed: new Map(), reports: [] };
  }
  if (bootScript) checkBootScript(bootScript, root);
  const generation = begin(nodes, tools, context);
  directory.writeGeneration(generation, tools.keep);
  remember(nodes, tools);
  if (bootScript) writeBootScript(bootScript, tools);
  const paths = saved.map(({ to }) => to);
  const applied = await applyPlans(nodes, {
    root,
    signal: context.signal,
    look: async (node) => {
      const again = await planAgain(node, tools);
      for (const step of again === node ? [] : again.plan.save) {
        directory.save(step);
        paths.push(step.to);
      }
      return again;
    },
    saveUnseen: async (text, saveAs) => {
      const to = savedAs(saveAs, await sha256(text));
      directory.save({ to, text });
      paths.push(to);
    },
  });
  const unfinished = finish(generation, applied, tools, context);
  return { ...applied, reports: [...savedReports(paths), ...unfinished] };
}

function remember(nodes: readonly PlannedNode[], { records, directory }: SwitchTools): void {
  const updated = updateRecords(records, nodes);
  if (updated) directory.writeRecords(updated);
}

function begin(
  nodes: readonly PlannedNode[],
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
    changes: changesOf(nodes, new Map()),
    scripts: scriptsBefore(nodes, bootScript),
  };
}

/** The work is done whether or not that can be remembered. */
function finish(
  generation: StoredGeneration,
  { nodes, failed }: Applied,
  { directory, keep, bootScript }: SwitchTools,
  context: Context,
): Report[] {
  const ended = {
    ...generation,
    ended: timeOf(context),
    changes: changesOf(nodes, failed),
    scripts: scriptsBefore(nodes, bootScript),
  };
  try {
    directory.writeGeneration(ended, keep);
    return [];
  } catch (error) {
    return [["history-unfinished", {
      message: `${failureOf(error).message}: generation ${generation.number} looks cut off`,
      hint: "make room there; pitboot rollback can undo it all the same",
    }]];
  }
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
  const write = (): void => replaceFile(root.real(target), bytesOfText(after.text), after);
  guarded(path, UNWRITABLE, write, writeFailure);
}

/** Somebody may have saved it since it was read. */
function checkBootScript(
  { path, target, before }: NonNullable<SwitchTools["bootScript"]>,
  root: SwitchTools["root"],
): void {
  const read = (): string => textOfBytes(Deno.readFileSync(root.real(target)));
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
