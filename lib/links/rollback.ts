/**
 * The stage `rollback`: what nodes booted before.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { type Flags, hosts } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";
import type { BootScriptEdit } from "../change/boot_script_change.ts";
import { changeNodes } from "../change/change_nodes.ts";
import { CHANGE_OPTIONS } from "../change/changer.ts";
import { openState } from "../history/state_directory.ts";
import { type Past, pastBefore, type StoredGeneration } from "../history/generations.ts";
import { planNode } from "../boot/plan_links.ts";
import type { Decide } from "../change/planner.ts";
import { planOffline } from "../boot/plan_offline.ts";
import { livingClaims } from "../history/read_claims.ts";
import { listGenerations, readGenerations } from "../history/read_state.ts";
import { recordTold } from "../history/told.ts";
import { touching } from "../history/touching.ts";
import { type Aim, aimAt, checkNoneRunning, generationsAfter } from "./rollback_aim.ts";
import { wantedScript, wantPast } from "../change/want_past.ts";
import { readBootScript } from "../change/wanted_scripts.ts";

/** Options of the stage. */
export const ROLLBACK_OPTIONS = {
  nodes: hosts("Go back with these nodes only, for instance ncn-w003; N has to be named then."),
  ...CHANGE_OPTIONS,
  ...pathOptions("config"),
};

type RollbackFlags = Flags<typeof ROLLBACK_OPTIONS & typeof DRY_RUN_OPTIONS>;

/**
 * Gives nodes back what they booted at the end of an earlier generation and adds
 * `nodes`. Everything is checked first.
 *
 * @param draft The document.
 * @param options `flags`; `number`: the generation, `null` for the parent of the
 * current one.
 * @param host Where.
 * @returns Records that it said so.
 * @throws {Failure} If it is not known any more, or cannot be booted any more:
 * nothing is changed.
 */
export async function rollBack(
  draft: Draft,
  { flags, number }: { flags: RollbackFlags; number: number | null },
  host: Host,
): Promise<() => void> {
  const { root } = host;
  // What is meant is decided by what is so now, not once another run has ended.
  const meant = aimAt(number, flags, root);
  let back = NOWHERE;
  using state = await openState(flags, host, async () => {
    back = await lookBack(meant, flags, host);
    return { nodes: [...back.past.nodes.keys()], bmcs: [] };
  });
  const { generations, later, past } = back;
  const { target } = meant;
  const nodes = [...past.nodes].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, state]) => ({ name, ...state }));
  const wanted = await wantPast(nodes, flags, root);
  const restored = generations.find((each) => each.number === target);
  const who = flags.nodes ? `${foldHosts(nodes.map(({ name }) => name))} ` : "";
  host.reporter.say(`${who}back to ${describe(target, restored)}`);
  if (meant.isRepeated) host.reporter.say(REPEATED);
  // Other nodes stay as they are: what all share, too.
  const bootScript = flags.nodes
    ? null
    : await bootScriptOf(past, later, { draft, host, webRoot: flags["web-root"] });
  await changeNodes(draft, wanted, {
    flags,
    state,
    bootScript,
    decide: asBefore(past),
    // With some nodes only, what is so at its end was never so before.
    restores: flags.nodes ? null : { number: target, parent: restored?.parent ?? 0 },
    resetBy: (range, typed) =>
      typed.command(
        "rollback",
        `${target}`,
        "--reset-scripts",
        ...flags.nodes ? ["--nodes", range] : [],
      ),
  }, host);
  if (bootScript && !state) host.reporter.show([`would put back ${bootScript.path}`]);
  const newest = listGenerations(root, flags.state).at(-1) ?? 0;
  return () => void (flags["dry-run"] || recordTold(root, flags.state, newest));
}

/** What is undone, and what was there before. */
interface Back {
  readonly generations: readonly StoredGeneration[];
  readonly later: readonly StoredGeneration[];
  readonly past: Past;
}

const NOWHERE: Back = { generations: [], later: [], past: pastBefore([]) };

async function lookBack(
  meant: Aim,
  { state, nodes }: RollbackFlags,
  { root, context }: Host,
): Promise<Back> {
  const running = await livingClaims(root, state);
  const generations = readGenerations(root, state);
  const later = touching(generationsAfter(generations, meant), nodes);
  if (nodes && later.length === 0) throw untouched(nodes, meant);
  checkNoneRunning(later, running, context.now);
  return { generations, later, past: pastBefore(later) };
}

function untouched(nodes: readonly string[], { target }: Aim): Failure {
  const range = foldHosts(nodes);
  return new Failure("generation-missing", {
    message: `nothing of ${range} was changed since generation ${target}`,
    hint: (typed) => `${typed.command("history", "--nodes", range)} lists their changes`,
  });
}

const REPEATED = "the rollback before this one went there, too, and could not say that it was done";

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
      hint: "put into it by hand what it should have again; nodes that are set up later get it",
    });
    return null;
  }
  return { path, target, before: found, after };
}
