/**
 * The stage `rollback`: what nodes booted before.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import type { BootScriptEdit } from "../change/boot_script_change.ts";
import { CHANGE_OPTIONS, changeNodes } from "../change/changer.ts";
import { openState } from "../history/state_directory.ts";
import { type Past, pastBefore, type StoredGeneration } from "../history/generations.ts";
import { planNode } from "../boot/plan_links.ts";
import type { Decide } from "../change/planner.ts";
import { planOffline } from "../boot/plan_offline.ts";
import { readGenerations } from "../history/read_state.ts";
import { wantedScript, wantPast } from "../change/want_past.ts";
import { readBootScript } from "../change/wanted_scripts.ts";

/** Options of the stage. */
export const ROLLBACK_OPTIONS = { ...CHANGE_OPTIONS, ...pathOptions("config") };

type RollbackFlags = Flags<typeof ROLLBACK_OPTIONS & typeof DRY_RUN_OPTIONS>;

/**
 * Gives nodes back what they booted at the end of an earlier generation and adds
 * `nodes`. Everything is checked first.
 *
 * @param draft The document.
 * @param options `flags`; `number`: the generation, `null` for the parent of the
 * current one.
 * @param host Where.
 * @throws {Failure} If it is not known any more, or cannot be booted any more:
 * nothing is changed.
 */
export async function rollBack(
  draft: Draft,
  { flags, number }: { flags: RollbackFlags; number: number | null },
  host: Host,
): Promise<void> {
  const { root } = host;
  using state = await openState(flags, host);
  const generations = readGenerations(root, flags.state);
  const { target, later } = generationsAfter(generations, number);
  const past = pastBefore(later);
  const nodes = [...past.nodes].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, state]) => ({ name, ...state }));
  const wanted = await wantPast(nodes, flags, root);
  const restored = generations.find((each) => each.number === target);
  host.reporter.say(`back to ${describe(target, restored)}`);
  const bootScript = await bootScriptOf(past, later, { draft, host, webRoot: flags["web-root"] });
  await changeNodes(draft, wanted, {
    flags,
    state,
    bootScript,
    decide: asBefore(past),
    restores: { number: target, parent: restored?.parent ?? 0 },
  }, host);
  if (bootScript && !state) host.reporter.show([`would put back ${bootScript.path}`]);
}

/** The generation to go back to, and those that are undone, the oldest first. */
function generationsAfter(
  generations: readonly StoredGeneration[],
  number: number | null,
): { target: number; later: readonly StoredGeneration[] } {
  const current = generations.at(-1);
  if (!current) {
    throw new Failure("generation-missing", {
      message: "there is no generation to go back from: pitboot has not changed any node yet",
      hint: "pitboot history lists them; --state names another place",
    });
  }
  // A rollback that was interrupted goes on; another one goes further back.
  const isInterrupted = current.restores !== null &&
    (current.ended === null || current.changes.some(({ failed }) => failed !== null));
  const target = number ?? (isInterrupted ? current.restores ?? 0 : current.parent);
  const later = generations.filter((each) => each.number > target);
  const isKnown = target <= current.number && later.length === current.number - target;
  if (isKnown) return { target, later };
  // A file may be missing in the middle.
  const oldest = generations.findLast(({ number }, i) => generations[i - 1]?.number !== number - 1)
    ?.number ?? 1;
  throw new Failure("generation-missing", {
    message: target > current.number
      ? `there is no generation ${target}: the current one is ${current.number}`
      : `the history needed to go back to generation ${target} is no longer kept`,
    hint: `pitboot history lists them; the oldest one you can go back to is ${oldest - 1}`,
  });
}

function describe(target: number, generation: StoredGeneration | undefined): string {
  if (target === 0) return "what was there before pitboot";
  const when = generation?.begun.slice(0, 16).replace("T", " ");
  return when ? `generation ${target}, ${when} UTC` : `generation ${target}`;
}

/** Who was offline then is taken offline. */
function asBefore({ nodes }: Past): Decide {
  return (wanted, observed, history) =>
    (nodes.get(wanted.name)?.state?.offline ? planOffline : planNode)(wanted, observed, history);
}

/** What becomes of `boot/script.ipxe`; an edit since then stays. */
async function bootScriptOf(
  { bootScript }: Past,
  later: readonly StoredGeneration[],
  { draft, host: { root }, webRoot }: { draft: Draft; host: Host; webRoot: string },
): Promise<BootScriptEdit | null> {
  if (!bootScript) return null;
  const { path, target, found } = await readBootScript(root, webRoot);
  const last = later.findLast((generation) => generation.bootScript);
  // Interrupted, it may have left what it found.
  const isOurs = found.sha256 === last?.bootScript?.after ||
    (last?.ended === null && found.sha256 === last.bootScript?.before);
  const after = await wantedScript(bootScript);
  const isAsBefore = found.mode === after.mode && found.modified === after.modified;
  if (found.sha256 === after.sha256 && (isAsBefore || !isOurs)) return null;
  if (!isOurs) {
    draft.report("script-kept", {
      message: `somebody changed ${path} since then: it is kept`,
      hint: "pitboot run puts CSM_RELEASE into it, or takes it out",
    });
    return null;
  }
  return { path, target, before: found, after };
}
