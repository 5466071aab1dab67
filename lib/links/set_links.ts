/**
 * The stage `set-links`: sets up what each node boots.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { flag, type Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { guarded, writeFailure } from "../io/failures.ts";
import { replaceFile } from "../io/replace_file.ts";
import type { Root } from "../io/root.ts";
import { NODE_OPTIONS, nodeChoice } from "../nodes/node_choice.ts";
import { readRoles } from "../nodes/read_roles.ts";
import { readStatics } from "../nodes/read_statics.ts";
import { bytesOfText } from "../text/byte_text.ts";
import { applyPlans } from "./apply_plans.ts";
import { applyStep } from "./apply_step.ts";
import type { Observed, Wanted } from "./boot_tree.ts";
import {
  describeChanges,
  linkProblems,
  nodeEntry,
  type PlannedNode,
  RELEASE_UNSET,
  servingProblems,
} from "./link_report.ts";
import { nodeObserver } from "./observe_node.ts";
import { obstacleIn, planNode } from "./plan_links.ts";
import { type ScriptRecords, updateRecords } from "./script_records.ts";
import { servedNodes } from "./served_nodes.ts";
import { readRecords, savedScript, StateDirectory } from "./state_directory.ts";
import { wantNodes } from "./want_nodes.ts";
import { csmRelease, digestOf, type WantedScripts, wantedScripts } from "./wanted_scripts.ts";

/** Options of the stage. */
export const LINK_OPTIONS = {
  ...NODE_OPTIONS,
  "reset-scripts": flag("Replace script.ipxe of a node even if somebody changed it."),
  ...pathOptions("statics", "leases", "web-root", "state", "config"),
};

type LinkFlags = Flags<typeof LINK_OPTIONS & typeof DRY_RUN_OPTIONS>;

const UNREADABLE = "nothing was changed; run as root";
const UNWRITABLE = "no node was changed; run as root, and look for room on the disk";

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
  using state = flags["dry-run"] ? null : await StateDirectory.lock(root, flags.state);
  const scripts = await wantedScripts(host, webRoot, release);
  const serving = servedNodes(leases, { bmcs, roles, choice });
  const wanted = wantNodes(serving.served, { images, scripts, webRoot, root });
  emit({ what: "linking", leases: flags.leases, release });
  draft.reportAll(servingProblems(serving, scripts));
  const records = readRecords(root, flags.state);
  const nodes = await planAll(wanted, records, flags, root);
  const failed = state ? await change(nodes, { state, records, scripts }, host) : new Map();
  draft.add({ nodes: nodes.map((node) => nodeEntry(node, failed.has(node.wanted.name))) });
  draft.reportAll(linkProblems(nodes, failed));
  if (!state) host.reporter.show(describeChanges(nodes, scripts));
  else if (failed.size === 0) emit({ what: "linked", webRoot });
}

async function planAll(
  wanted: readonly Wanted[],
  records: ScriptRecords,
  flags: LinkFlags,
  root: Root,
): Promise<PlannedNode[]> {
  const webRoot = flags["web-root"];
  const observe = guarded(webRoot, UNREADABLE, () => nodeObserver(root, webRoot));
  const obstacles: string[] = [];
  const nodes: PlannedNode[] = [];
  for (const each of wanted) {
    const observed = guarded(each.directory, UNREADABLE, () => observe(each.name));
    const obstacle = obstacleIn(each, observed);
    if (obstacle) obstacles.push(obstacle);
    else nodes.push({ wanted: each, observed, plan: await plan(each, observed, records, flags) });
  }
  if (obstacles.length === 0) return nodes;
  throw new Failure("node-blocked", {
    message: `not made by pitboot, and in the way of a boot directory or a link: ${
      obstacles.join(", ")
    }`,
    hint: "move it elsewhere and run again; nothing was changed",
  });
}

async function plan(
  wanted: Wanted,
  observed: Observed,
  records: ScriptRecords,
  flags: LinkFlags,
): Promise<PlannedNode["plan"]> {
  const digest = observed.script && await digestOf(observed.script.text, wanted.script);
  return planNode(wanted, observed, {
    written: records.get(wanted.name) ?? [],
    sha256: digest,
    reset: flags["reset-scripts"],
    saveTo: savedScript(flags.state, wanted.name, digest ?? ""),
  });
}

/** @returns Why nodes failed, by name; `null` for those that were not begun. */
async function change(
  nodes: readonly PlannedNode[],
  { state, records, scripts }: {
    state: StateDirectory;
    records: ScriptRecords;
    scripts: WantedScripts;
  },
  { root, context }: Host,
): Promise<ReadonlyMap<string, string | null>> {
  // What may be an administrator's, before the records call it ours.
  for (const step of nodes.flatMap(({ plan }) => plan.save)) {
    guarded(step.to, UNWRITABLE, () => applyStep(root, step), writeFailure);
  }
  const newRecords = updateRecords(records, nodes);
  if (newRecords) state.writeRecords(newRecords);
  if (scripts.differs) writeBootScript(scripts, root);
  const toDo = nodes.filter(({ plan }) => plan.prepare.length + plan.publish.length > 0);
  return await applyPlans(toDo, root, context.signal);
}

function writeBootScript({ path, target, plain }: WantedScripts, root: Root): void {
  const bytes = bytesOfText(plain.text);
  guarded(path, UNWRITABLE, () => replaceFile(root.real(target), bytes, plain), writeFailure);
}
