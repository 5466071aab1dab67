/**
 * The stage `set-links`: sets up what each node boots.
 *
 * @module
 */

import type { Observed, Wanted } from "./boot_tree.ts";
import { bytesOfText } from "../text/byte_text.ts";
import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { describeChanges, linkProblems, nodeEntry, type PlannedNode } from "./link_report.ts";
import { foldHosts } from "../text/host_range.ts";
import { NODE_OPTIONS, nodeChoice } from "../nodes/node_choice.ts";
import { flag, type Flags } from "../cli/options.ts";
import { obstacleIn, planNode } from "./plan_links.ts";
import { Failure } from "../document/problems.ts";
import { bootsWithoutLuks } from "../nodes/roles.ts";
import { applyPlans } from "./apply_plans.ts";
import { applyStep } from "./apply_step.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { nodeObserver } from "./observe_node.ts";
import { readRoles } from "../nodes/read_roles.ts";
import { readStatics } from "../nodes/read_statics.ts";
import { guarded, writeFailure } from "../io/failures.ts";
import { replaceFile } from "../io/replace_file.ts";
import type { Root } from "../io/root.ts";
import { readRecords, savedScript, type ScriptRecords, StateFolder } from "./state_folder.ts";
import { type ServedNode, servedNodes, wantNodes } from "./want_nodes.ts";
import { csmRelease, digestOf, type WantedScripts, wantedScripts } from "./wanted_scripts.ts";

/** Options of the stage. */
export const LINK_OPTIONS = {
  ...NODE_OPTIONS,
  "reset-scripts": flag("Replace script.ipxe of a node even if somebody changed it."),
  ...pathOptions("statics", "leases", "web-root", "state", "config"),
};

type LinkFlags = Flags<typeof LINK_OPTIONS & typeof DRY_RUN_OPTIONS>;

/** A planned node, with what is there before. */
interface SeenNode extends PlannedNode {
  readonly observed: Observed;
}

/**
 * Makes or mends the boot directory of every chosen node with a lease and adds
 * `nodes`. Everything is planned first.
 *
 * @throws {Failure} If anything that is needed is missing: nothing is changed.
 */
export async function setLinks(draft: Draft, flags: LinkFlags, host: Host): Promise<void> {
  const { root, reporter } = host;
  const { images = {}, leases = [] } = draft.document;
  const release = csmRelease(host.context);
  if (release === null) {
    draft.report("release-unset", {
      message: "CSM_RELEASE is not set: nodes keep their image in the default place",
      hint: "export CSM_RELEASE to keep it in /run/initramfs/live/$CSM_RELEASE",
    });
  }
  const roles = readRoles(root, flags.config);
  const choice = nodeChoice(flags);
  const { bmcs } = readStatics(root, flags.statics, choice);
  const webRoot = flags["web-root"];
  // First: what is read from here on, no other run of ours may change.
  using state = flags["dry-run"] ? null : await StateFolder.lock(root, flags.state);
  const scripts = await wantedScripts(host, webRoot, release);
  const served = servedNodes(leases, { bmcs, roles, choice, draft });
  const wanted = wantNodes(served, { images, scripts, webRoot, root });
  host.emit({ what: "linking", leases: flags.leases, release });
  reportNodes(served, scripts, draft);
  const records = readRecords(root, flags.state);
  const nodes = await planAll(wanted, records, flags, root);
  if (!state) {
    finish(nodes, new Map(), draft);
    if (scripts.differs) {
      reporter.say(
        `would ${
          release ? `put rd.live.dir=${release} into` : "take rd.live.dir out of"
        } ${scripts.path}`,
      );
    }
    return reporter.show(describeChanges(nodes));
  }
  saveScripts(nodes, root);
  const newRecords = updateRecords(records, nodes);
  if (newRecords) state.writeRecords(newRecords);
  if (scripts.differs) writeBootScript(scripts, root);
  const toDo = nodes.filter(({ plan }) => plan.prepare.length + plan.publish.length > 0);
  const failed = await applyPlans(toDo, root, host.context.signal);
  finish(nodes, failed, draft);
  if (failed.size === 0) host.emit({ what: "linked", webRoot });
}

function reportNodes(
  served: readonly ServedNode[],
  scripts: WantedScripts,
  draft: Draft,
): void {
  if (served.length === 0) {
    draft.report("nodes-none", {
      message: "none of the chosen nodes has a lease: there is nothing to do",
      hint: "pitboot wait-leases says whose lease is missing",
    });
  }
  if (scripts.withoutLuks !== scripts.plain) return;
  const nodes = served.filter(({ name, role }) => bootsWithoutLuks(name, role))
    .map(({ name }) => name);
  if (nodes.length === 0) return;
  draft.report("script-without-luks", {
    message: `${scripts.path} has no rd.luks to switch off for ${foldHosts(nodes)}`,
    hint: "if that is not meant, add rd.luks to its disk-opts line",
    nodes,
  });
}

async function planAll(
  wanted: readonly Wanted[],
  records: ScriptRecords,
  flags: LinkFlags,
  root: Root,
): Promise<SeenNode[]> {
  const webRoot = flags["web-root"];
  const observe = guarded(
    webRoot,
    "nothing was changed; run as root",
    () => nodeObserver(root, webRoot),
  );
  const obstacles: string[] = [];
  const nodes: SeenNode[] = [];
  for (const each of wanted) {
    const observed = guarded(
      each.directory,
      "nothing was changed; run as root",
      () => observe(each.name),
    );
    const obstacle = obstacleIn(each, observed);
    if (obstacle) obstacles.push(obstacle);
    else nodes.push({ wanted: each, observed, plan: await plan(each, observed, records, flags) });
  }
  if (obstacles.length === 0) return nodes;
  throw new Failure("node-blocked", {
    message: `not ours, and in the way of a boot directory or a link: ${obstacles.join(", ")}`,
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

/**
 * Saves what may be an administrator's, before the records call all scripts of
 * these nodes ours.
 */
function saveScripts(nodes: readonly PlannedNode[], root: Root): void {
  for (const step of nodes.flatMap(({ plan }) => plan.save)) {
    const hint = "nothing was changed; run as root, and look for room on the disk";
    guarded(step.to, hint, () => applyStep(root, step), writeFailure);
  }
}

/** The records with what is about to be written; `null` if that is known. */
function updateRecords(
  records: ScriptRecords,
  nodes: readonly PlannedNode[],
): ScriptRecords | null {
  const updated = new Map(records);
  let differs = false;
  for (const { wanted, plan } of nodes) {
    const last = records.get(wanted.name)?.at(-1);
    const { sha256 } = wanted.script;
    if (plan.script === "kept" || last === sha256) continue;
    // Both: until it is written, the one before may still be there.
    updated.set(wanted.name, last ? [last, sha256] : [sha256]);
    differs = true;
  }
  return differs ? updated : null;
}

function writeBootScript({ path, target, plain }: WantedScripts, root: Root): void {
  const hint = "no node was changed; run as root, and look for room on the disk";
  const bytes = bytesOfText(plain.text);
  guarded(path, hint, () => replaceFile(root.real(target), bytes, plain), writeFailure);
}

function finish(
  nodes: readonly PlannedNode[],
  failed: ReadonlyMap<string, string | null>,
  draft: Draft,
): void {
  draft.add({ nodes: nodes.map((node) => nodeEntry(node, failed.has(node.wanted.name))) });
  for (const [code, details] of linkProblems(nodes, failed)) draft.report(code, details);
}
