/**
 * The stage `status`: what each node would boot now.
 *
 * @module
 */

import { pathOptions } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { typedCause } from "../document/cause.ts";
import { onFailure } from "../document/problems.ts";
import { livingClaims } from "../history/read_claims.ts";
import { leasesElsewhere, strangers } from "../leases/lease_report.ts";
import { currentLeases } from "../leases/read_leases.ts";
import { NODE_OPTIONS } from "../nodes/node_choice.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import { staticsProblems } from "../nodes/statics_report.ts";
import { BootedImages } from "./booted_images.ts";
import { liveDirOf } from "../boot/boot_script.ts";
import { halfOfflineProblems } from "../change/link_report.ts";
import { editedScripts, guardedScripts, lostScripts } from "../change/script_report.ts";
import { SafePlaces } from "../change/safe_places.ts";
import { dangers, unreadableCause } from "./dangers.ts";
import { isReady, type Prospect, unreadyProblems, withCause } from "./node_status.ts";
import { type Judged, judgeNodes, type Measures } from "./judge_nodes.ts";
import { whenStill } from "./still.ts";
import { busyNodes, busyProblems } from "./while_running.ts";
import { outdatedScripts } from "./outdated_scripts.ts";
import { liveDirProblems } from "./live_dir_report.ts";
import { unsecuredProblems } from "./unsecured.ts";
import { replacedScripts } from "./replaced_script.ts";
import { releaseProblems } from "./release_report.ts";
import { readCauses } from "../history/read_state.ts";

/** Options of the stage. */
export const STATUS_OPTIONS = {
  ...NODE_OPTIONS,
  ...pathOptions("statics", "leases", "data", "web-root", "state", "config"),
};

type StatusFlags = Flags<typeof STATUS_OPTIONS>;

/**
 * Looks at every chosen node and adds `images`, `leases`, `missing` and
 * `nodes`.
 *
 * @throws {Failure} If it cannot be told which nodes there are.
 */
export async function readStatus(draft: Draft, flags: StatusFlags, host: Host): Promise<void> {
  const { root } = host;
  const webRoot = flags["web-root"];
  const selection = selectNodes(flags, root);
  const { choice, statics, chosen } = selection;
  draft.reportAll(staticsProblems(statics, choice, flags.statics));
  const query = { ...selection, leases: flags.leases };
  // The links can be judged without dnsmasq.
  const match = await currentLeases(query, host).catch(onFailure(({ details }) => {
    draft.report("leases-unreadable", details);
    return { leases: [], missing: chosen.map(({ name }) => name), unexpected: [] };
  }));
  const { leases, missing } = match;
  const ips = new Map(leases.map(({ bmc, ip }) => [bmc, ip]));
  const place = { root, state: flags.state, context: host.context };
  const { measures, judged } = await whenStill(
    place,
    () => judgeNodes(chosen, ips, { flags, host }),
  );
  const running = await livingClaims(root, flags.state);
  const busy = busyNodes(running);
  const idle = judged.filter(({ node: { name } }) => !busy.has(name));
  // Nodes have their copies, and other machines get nothing.
  if (measures.scriptsFault) draft.report("check-failed", measures.scriptsFault.details);
  if (measures.scripts) host.typed.keep(liveDirOf(measures.scripts.found.text));
  const causes = readCauses(root, flags.state);
  const nodes = judged.map((each) => {
    const { name } = each.node;
    const cause = unreadableCause(each);
    if (cause) return { ...each.node, cause };
    const recorded = causes.get(name);
    return withCause(each.node, recorded && typedCause(recorded, name, host.typed));
  });
  const booted = new BootedImages(judged, { data: flags.data, webRoot, state: flags.state }, host);
  draft.add({ images: booted.images(), leases, missing, nodes });
  draft.reportAll(busyProblems(nodes, running, host.context.now()));
  const looked = idle.filter(({ fault }) => fault === null);
  const prospects = await prospectsFor(looked, measures, flags);
  draft.reportAll(unreadyProblems(looked, { pit: choice.pit, prospects }));
  for (const { node: { name }, fault } of idle) {
    if (fault) draft.report("node-not-whole", { ...fault.details, nodes: [name] });
  }
  const scripts = judged.map(({ node: { name }, fate }) => ({ name, fate }));
  for (const reports of [guardedScripts, editedScripts, lostScripts]) {
    draft.reportAll(reports(scripts));
  }
  const elsewhere = leasesElsewhere(chosen, leases);
  if (elsewhere) draft.report("check-failed", elsewhere);
  draft.reportAll(strangers({ ...match, path: flags.leases }));
  draft.reportAll(unsecuredProblems(nodes));
  draft.reportAll(outdatedScripts(idle.filter((each) => each.isOutdated)));
  const settled = idle.length < judged.length
    ? new BootedImages(idle, { data: flags.data, webRoot, state: flags.state }, host)
    : booted;
  draft.reportAll(releaseProblems(settled.releases(measures.roles)));
  draft.reportAll(liveDirProblems(nodes));
  const seen = idle.map(({ node: { name }, observed }) => ({ name, observed }));
  draft.reportAll(halfOfflineProblems(seen));
  draft.reportAll(replacedScripts(root, flags.state));
  draft.reportAll(dangers(judged, webRoot, new SafePlaces(root, flags.config)));
}

/** What helps those that are not ready, if there are any. */
async function prospectsFor(
  judged: readonly Judged[],
  { roles, root }: Measures,
  flags: StatusFlags,
): Promise<ReadonlyMap<string, Prospect>> {
  if (judged.every(({ node }) => isReady(node))) return new Map();
  // Only now: what is loaded takes its time.
  const { prospectsOf } = await import("./prospects.ts");
  return prospectsOf(roles, judged, { flags, root });
}
