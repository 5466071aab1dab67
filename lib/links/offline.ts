/**
 * The stages `offline` and `online`: nodes that are not to boot for a while.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { flag, type Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { apart, forgetHint } from "./apart.ts";
import { NODE_OPTIONS } from "../nodes/node_choice.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import { sha256 } from "../text/byte_text.ts";
import { foldHosts } from "../text/host_range.ts";
import { stateOf, withParked } from "../boot/boot_state.ts";
import { NO_TARGETS, type Observed, type Targets, targetsOf } from "../boot/boot_tree.ts";
import { changeNodes } from "../change/change_nodes.ts";
import { CHANGE_OPTIONS } from "../change/changer.ts";
import { openState } from "../history/state_directory.ts";
import { planNode } from "../boot/plan_links.ts";
import { type Decide, plannedObserver } from "../change/planner.ts";
import { planOffline } from "../boot/plan_offline.ts";
import { readRecords } from "../history/read_state.ts";
import { type PastNode, wantPast } from "../change/want_past.ts";

/** Options of `offline`. */
export const OFFLINE_OPTIONS = {
  ...NODE_OPTIONS,
  ...CHANGE_OPTIONS,
  ...pathOptions("config"),
};

/** Options of `online`. */
export const ONLINE_OPTIONS = {
  ...OFFLINE_OPTIONS,
  forget: flag("Do not put back what they had: run sets them up anew."),
};

type OfflineFlags = Flags<typeof OFFLINE_OPTIONS & typeof DRY_RUN_OPTIONS>;
type OnlineFlags = OfflineFlags & Flags<Pick<typeof ONLINE_OPTIONS, "forget">>;

/**
 * Takes the chosen nodes offline and adds `nodes`: they boot into the menu.
 *
 * @throws {Failure} If something is in the way: nothing is changed.
 */
export async function takeOffline(draft: Draft, flags: OfflineFlags, host: Host): Promise<void> {
  const names = chosenNodes(flags, host);
  using state = await openState(flags, host, () => ({ nodes: names, bmcs: [] }));
  const nodes = names.map((name) => ({ name, state: null, script: null }));
  const kept = await apart(nodesToKeep(names, flags, host), flags, host);
  const wanted = await wantPast(nodes, flags, host.root);
  await changeNodes(draft, wanted, { flags, state, decide: planOffline }, host);
  if (!kept.fault) return;
  const { lost, fault } = kept;
  draft.report("node-offline", {
    message: `${foldHosts(lost)}: online cannot give back what is kept: ${fault.message}`,
    hint: forgetHint(lost),
    nodes: lost,
  });
}

/**
 * Gives the chosen nodes back what they had before they were taken offline, and
 * adds `nodes`. Those to which that cannot be given do not stop the others.
 *
 * @throws {Failure} If that can be given to none: nothing is changed.
 */
export async function putOnline(draft: Draft, flags: OnlineFlags, host: Host): Promise<void> {
  const names = chosenNodes(flags, host);
  using state = await openState(flags, host, () => ({ nodes: names, bmcs: [] }));
  const nodes = await parkedNodes(names, flags, host);
  const { usable, lost, fault } = await apart(nodes, flags, host);
  if (fault && usable.every(({ isOffline }) => !isOffline)) {
    throw new Failure(fault.code, {
      ...fault.details,
      nodes: lost,
      hint: (typed) => `nothing was changed; ${forgetHint(lost)(typed)}`,
    }, fault);
  }
  const wanted = await wantPast(usable, flags, host.root);
  await changeNodes(draft, wanted, { flags, state, decide: ifOffline }, host);
  if (!fault) return;
  draft.report("node-failed", {
    message: `${foldHosts(lost)}: left offline: ${fault.message}`,
    hint: forgetHint(lost),
    nodes: lost,
  });
}
/** What nodes boot now, of those that are not offline. */
function nodesToKeep(names: readonly string[], flags: OfflineFlags, { root }: Host): PastNode[] {
  const observe = plannedObserver(root, flags["web-root"]);
  return names.flatMap((name): PastNode[] => {
    const { links, parked } = observe(name);
    return parked ? [] : [{ name, state: stateOf(targetsOf(links), null), script: null }];
  });
}

/** A node that is not offline has nothing to be given back. */
const ifOffline: Decide = (wanted, observed, history) =>
  observed.parked || isEmpty(observed)
    ? planNode(wanted, observed, history)
    : { change: "unchanged", script: "unchanged", save: [], phases: [] };

function chosenNodes(flags: OfflineFlags, { root }: Host): string[] {
  return selectNodes(flags, root).chosen.map(({ node }) => node).sort();
}

async function parkedNodes(
  names: readonly string[],
  flags: OnlineFlags,
  { root }: Host,
): Promise<(PastNode & { readonly isOffline: boolean })[]> {
  const records = readRecords(root, flags.state);
  const observe = plannedObserver(root, flags["web-root"]);
  const nodes: (PastNode & { readonly isOffline: boolean })[] = [];
  for (const name of names) {
    const observed = observe(name);
    const { targets, script } = flags.forget ? HAD_NOTHING : had(observed);
    const digest = script && await sha256(script.text);
    const edited = digest !== null && !(records.get(name) ?? [digest]).includes(digest);
    nodes.push({
      name,
      isOffline: observed.parked !== null,
      script,
      state: stateOf(targets, digest === null ? null : { sha256: digest, edited }),
    });
  }
  return nodes;
}

const HAD_NOTHING: Pick<Observed, "script"> & { targets: Targets } = {
  targets: NO_TARGETS,
  script: null,
};

/** What a node had before it was taken offline, however far that went. */
function had({ links, script, parked }: Observed): typeof HAD_NOTHING {
  if (!parked) return HAD_NOTHING;
  // With a script of its own it is on already: somebody has set it up, or we were interrupted.
  return script && !script.away
    ? { targets: targetsOf(withParked(parked.links, links)), script }
    : { targets: targetsOf(withParked(links, parked.links)), script: parked.script ?? script };
}

/** What an interrupted run leaves of a node that has nothing any more. */
function isEmpty({ directory, links, script }: Observed): boolean {
  return directory === "directory" && script === null &&
    Object.values(links).every(({ kind }) => kind === "absent");
}
