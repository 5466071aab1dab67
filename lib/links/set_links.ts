/**
 * The stage `set-links`: sets up what each node boots.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { NODE_OPTIONS, nodeChoice } from "../nodes/node_choice.ts";
import { readRoles } from "../nodes/read_roles.ts";
import { readStatics } from "../nodes/read_statics.ts";
import { CHANGE_OPTIONS, changeNodes, lockState } from "./change_nodes.ts";
import {
  describeBootScript,
  offlineProblems,
  RELEASE_UNSET,
  servingProblems,
} from "./link_report.ts";
import { planNode } from "./plan_links.ts";
import type { Decide } from "./node_planner.ts";
import type { NodePlan } from "./plan_steps.ts";
import { servedNodes } from "./served_nodes.ts";
import { wantNodes } from "./want_nodes.ts";
import { csmRelease, wantedScripts } from "./wanted_scripts.ts";

/** Options of the stage. */
export const LINK_OPTIONS = {
  ...NODE_OPTIONS,
  ...CHANGE_OPTIONS,
  ...pathOptions("statics", "leases", "config"),
};

type LinkFlags = Flags<typeof LINK_OPTIONS & typeof DRY_RUN_OPTIONS>;

/**
 * Makes or repairs the boot directory of every chosen node with a lease and
 * adds `nodes`. Everything is planned first.
 *
 * @throws {Failure} If anything that is needed is missing: nothing is changed.
 */
export async function setLinks(draft: Draft, flags: LinkFlags, host: Host): Promise<void> {
  const { root, emit } = host;
  const { images = {}, leases = [] } = draft.document;
  const release = csmRelease(host.context);
  if (release === null) draft.report(...RELEASE_UNSET);
  const roles = readRoles(root, flags.config);
  const choice = nodeChoice(flags);
  const { bmcs } = readStatics(root, flags.statics, choice);
  const webRoot = flags["web-root"];
  // First: no other run may change what is read from here on.
  using state = await lockState(flags, host);
  const scripts = await wantedScripts(host, webRoot, release);
  const serving = servedNodes(leases, { bmcs, roles, choice });
  const wanted = wantNodes(serving.served, { images, scripts, webRoot, root });
  emit({ what: "linking", leases: flags.leases, release });
  draft.reportAll(servingProblems(serving, scripts));
  if (!state) host.reporter.show(describeBootScript(scripts));
  const { path, target, found, plain } = scripts;
  const { nodes, failed } = await changeNodes(draft, wanted, {
    flags,
    state,
    decide: unlessOffline,
    bootScript: scripts.differs ? { path, target, before: found, after: plain } : null,
  }, host);
  draft.reportAll(offlineProblems(
    nodes.map(({ wanted: { name }, observed }) => ({ name, observed })),
  ));
  if (state && failed.size === 0) emit({ what: "ready", webRoot });
}

/** Whoever took a node offline puts it online again, and nobody else. */
const unlessOffline: Decide = (wanted, observed, history) =>
  observed.parked ? OFFLINE : planNode(wanted, observed, history);

const OFFLINE: NodePlan = { change: "offline", script: "missing", save: [], phases: [] };
