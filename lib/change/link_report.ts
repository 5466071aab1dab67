/**
 * What became of the boot directories, for the document.
 *
 * @module
 */

import type { BootNode } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import { bootsWithoutLuks } from "../nodes/roles.ts";
import { foldHosts } from "../text/host_range.ts";
import { stateAfter } from "../boot/boot_state.ts";
import { type BootScripts, NO_TARGETS, type Observed, targetsOf } from "../boot/boot_tree.ts";
import { type Unreadable, unreadableAfter } from "../boot/unreadable.ts";
import { fateOf } from "../boot/plan_script.ts";
import { hasSteps } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { guardedScripts, keptScripts, type NodeScript, type ResetBy } from "./script_report.ts";
import type { Outcomes } from "../history/recorder.ts";
import type { ServedNode, Serving } from "./served_nodes.ts";

/** Nobody said where nodes keep their image. */
export const RELEASE_UNSET: Report = ["release-unset", {
  message: "CSM_RELEASE is not set: nodes keep their image in the default place",
  hint: "export CSM_RELEASE to keep it in /run/initramfs/live/$CSM_RELEASE",
}];

/**
 * Says that the boot script was changed while nodes got theirs.
 *
 * @param path Where it is.
 */
export function editedMeanwhile(path: string): Report {
  return ["script-edited", {
    message: `${path} was changed while pitboot was running: nodes got the earlier version`,
    hint: "run again when it is as it should be, and they get it",
  }];
}

/**
 * Finds what an administrator should know of the nodes before the work.
 *
 * @param serving Who gets a boot directory, and who does not.
 * @param scripts The scripts for them.
 */
export function servingProblems(serving: Serving, scripts: BootScripts): Report[] {
  const { served, strangers, withoutRole } = serving;
  return [
    ...reportOn(strangers, (range) => ["lease-unknown", {
      message: `statics.conf does not know ${range}: no boot directory for them`,
      hint: "add them to statics.conf if they are nodes",
    }]),
    ...reportOn(withoutRole, (range) => ["node-without-role", {
      message: `no role has nodes like ${range}: no boot directory for them`,
      hint: "add a role for them to /etc/pitboot.json",
      nodes: withoutRole,
    }]),
    ...(served.length > 0 ? [] : [NODES_NONE]),
    ...luksProblems(served, scripts),
  ];
}

const NODES_NONE: Report = ["nodes-none", {
  message: "none of the selected nodes has a lease; nothing to do",
  hint: (typed) =>
    `${typed.command("wait-leases", "--timeout", "0", ...typed.nodes)} says whose lease is missing`,
}];

function luksProblems(served: readonly ServedNode[], { path, hasLuks }: BootScripts): Report[] {
  const nodes = served.filter(({ name, role }) => !hasLuks && bootsWithoutLuks(name, role))
    .map(({ name }) => name);
  return reportOn(nodes, (range) => ["script-without-luks", {
    message: `${path} has no rd.luks to switch off for ${range}`,
    hint: "if that is not meant, add rd.luks to its disk-opts line",
    nodes,
  }]);
}

/** One problem for all these hosts; none if there are none. */
function reportOn(hosts: readonly string[], report: (range: string) => Report): Report[] {
  return hosts.length > 0 ? [report(foldHosts(hosts))] : [];
}

/**
 * Makes an entry for the `nodes` of the document.
 *
 * @param node What was to be done.
 * @param hasFailed Whether it was not done.
 */
export function nodeEntry(
  node: PlannedNode,
  hasFailed: boolean,
): BootNode & { readonly release: string | null } {
  const { wanted, observed, plan } = node;
  const { name, role, directory } = wanted;
  const then = hasSteps(plan) ? wanted.targets : targetsOf(observed.links);
  const targets = plan.change === "offline" ? NO_TARGETS : then;
  return {
    name,
    role,
    directory,
    change: hasFailed ? "failed" : plan.change,
    ...targets,
    script: plan.script,
    release: (hasFailed ? null : stateAfter(node)?.release) ?? null,
  };
}

/**
 * Tells what becomes of the script of a node.
 *
 * @param node What is planned.
 */
export function scriptOf({ wanted, observed, history, plan }: PlannedNode): NodeScript {
  const isDecided = plan.script === "written" || plan.script === "kept";
  return { name: wanted.name, fate: isDecided ? fateOf(wanted, observed, history) : null };
}

/**
 * Finds what an administrator should know of the work.
 *
 * @param nodes What was to be done.
 * @param failed Why nodes failed, by name; `null` for those that were not begun.
 * @param resetBy The command that replaces scripts that were kept, if that is not
 * set-links.
 */
export function linkProblems(
  nodes: readonly PlannedNode[],
  failed: ReadonlyMap<string, string | null>,
  resetBy?: ResetBy,
): Report[] {
  const kept = nodes.filter(({ plan }) => plan.script === "kept").map(scriptOf);
  const reasons = new Set([...failed.values()].filter((reason) => reason !== null));
  const isAll = nodes.every(({ wanted }) => (failed.get(wanted.name) ?? null) !== null);
  const code = isAll ? "nodes-failed" : "node-failed";
  return [
    ...guardedScripts(kept, resetBy),
    ...keptScripts(kept, resetBy),
    ...[...reasons].flatMap((reason) => {
      const names = [...failed].filter(([, each]) => each === reason).map(([name]) => name);
      return reportOn(names, (range) => [code, {
        message: `the boot directories of ${range} could not be set up: ${reason}`,
        hint: "if they start now, they boot the old images or into the menu; fix it and run again",
        nodes: names,
      }]);
    }),
  ];
}

/**
 * Finds the nodes that were set up and cannot fetch their script.
 *
 * @param applied What became of all of them.
 */
export function unreadableNodes(
  { nodes, failed }: Outcomes,
): { readonly name: string; readonly unreadable: Unreadable }[] {
  return nodes.flatMap((node) => {
    const { name } = node.wanted;
    const unreadable = failed.has(name) ? null : unreadableAfter(node);
    return unreadable ? [{ name, unreadable }] : [];
  });
}

/**
 * Names the nodes that are offline and are left so.
 *
 * @param nodes All nodes.
 */
export function offlineProblems(nodes: readonly SeenNode[]): Report[] {
  const offline = nodes.filter(({ observed: { parked, script } }) => parked && !script)
    .map(({ name }) => name);
  return [
    ...reportOn(offline, (range) => ["node-offline", {
      message: `offline, and left so: ${range}`,
      hint: (typed) => `${typed.command("online", "--nodes", range)} puts back what they had`,
      nodes: offline,
    }]),
    ...halfOfflineProblems(nodes),
  ];
}

/** A node as it is. */
export interface SeenNode {
  readonly name: string;
  readonly observed: Observed;
}

/**
 * Names the nodes that are marked as offline and boot all the same: a run was
 * interrupted, or somebody else has given them a script.
 *
 * @param nodes All nodes.
 */
export function halfOfflineProblems(nodes: readonly SeenNode[]): Report[] {
  const half = nodes.filter(({ observed: { parked, script } }) => parked && script)
    .map(({ name }) => name);
  return reportOn(half, (range) => ["node-offline", {
    message: `marked offline but has a script.ipxe; left as it is: ${range}`,
    hint: (typed) =>
      `${typed.command("offline", "--nodes", range)}, or ${
        typed.command("online", "--nodes", range)
      }`,
    nodes: half,
  }]);
}

/**
 * Describes what becomes of `boot/script.ipxe`.
 *
 * @param scripts What it should be.
 * @returns A line, or nothing if it stays as it is.
 */
export function describeBootScript({ path, differs, release }: BootScripts): string[] {
  const edit = release ? `put rd.live.dir=${release} into` : "take rd.live.dir out of";
  return differs ? [`would ${edit} ${path}`] : [];
}
