/**
 * The stage `status`: what each node would boot now.
 *
 * @module
 */

import { join } from "@std/path/join";
import { pathOptions } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { typedCause } from "../document/cause.ts";
import { onFailure } from "../document/problems.ts";
import type { ArtifactFile } from "../images/boot_triples.ts";
import { unservable } from "../images/servable.ts";
import { guarded, ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { leasesElsewhere, strangers } from "../leases/lease_report.ts";
import { currentLeases } from "../leases/read_leases.ts";
import { NODE_OPTIONS } from "../nodes/node_choice.ts";
import { readRoles } from "../nodes/read_roles.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import { type Role, roleOf } from "../nodes/roles.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { staticsProblems } from "../nodes/statics_report.ts";
import { type BootedImage, BootedImages } from "./booted_images.ts";
import { type Observed, targetsOf } from "../boot/boot_tree.ts";
import type { ScriptFate } from "../boot/script_fate.ts";
import { liveDirOf } from "../boot/boot_script.ts";
import { halfOfflineProblems } from "../change/link_report.ts";
import { editedScripts, guardedScripts, lostScripts } from "../change/script_report.ts";
import { SafePlaces } from "../change/safe_places.ts";
import { dangers, unreadableCause } from "./dangers.ts";
import {
  isReady,
  judgeLinks,
  judgeScript,
  type Prospect,
  unreadyProblems,
  withCause,
} from "./node_status.ts";
import { nodeObserver } from "../boot/observe_node.ts";
import { liveDirProblems } from "./live_dir_report.ts";
import { unsecuredProblems } from "./unsecured.ts";
import { releaseProblems } from "./release_report.ts";
import type { ScriptRecords } from "../history/script_records.ts";
import { readCauses, readRecords } from "../history/read_state.ts";
import {
  csmRelease,
  digestOf,
  scriptFor,
  type WantedScripts,
  wantedScripts,
} from "../change/wanted_scripts.ts";

/** Options of the stage. */
export const STATUS_OPTIONS = {
  ...NODE_OPTIONS,
  ...pathOptions("statics", "leases", "data", "web-root", "state", "config"),
};

type StatusFlags = Flags<typeof STATUS_OPTIONS>;

/** All that nodes are judged by. */
interface Measures {
  readonly roles: readonly Role[];
  readonly scripts: WantedScripts | null;
  readonly records: ScriptRecords;
  readonly leases: ReadonlyMap<string, string>;
  readonly webRoot: string;
  readonly root: Root;
  readonly observe: (node: string) => Observed;
}

/** A node, what it boots, and what lies in its boot directory. */
interface Judged extends BootedImage {
  readonly observed: Observed;
  /** What would become of its script. */
  readonly fate: ScriptFate | null;
}

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
  const measures: Measures = {
    roles: readRoles(root, flags.config),
    scripts: await wantedScripts(host, webRoot, csmRelease(host.context)).catch(
      onFailure(({ details }) => {
        // Nodes have their copies, and other machines get nothing.
        draft.report("check-failed", details);
        return null;
      }),
    ),
    records: readRecords(root, flags.state),
    leases: new Map(leases.map(({ bmc, ip }) => [bmc, ip])),
    webRoot,
    root,
    observe: guarded(webRoot, "name another with --web-root", () => nodeObserver(root, webRoot)),
  };
  if (measures.scripts) host.typed.keep(liveDirOf(measures.scripts.found.text));
  const judge = new NodeJudge(measures);
  const judged: Judged[] = [];
  for (const bmc of chosen) judged.push(await judge.judge(bmc));
  const causes = readCauses(root, flags.state);
  const nodes = judged.map((each) => {
    const { name } = each.node;
    const cause = unreadableCause(each);
    if (cause) return { ...each.node, cause };
    const recorded = causes.get(name);
    return withCause(each.node, recorded && typedCause(recorded, name, host.typed));
  });
  const booted = new BootedImages(judged, { data: flags.data, webRoot }, host);
  draft.add({ images: booted.images(), leases, missing, nodes });
  const prospects = await prospectsFor(judged, measures, flags);
  draft.reportAll(unreadyProblems(judged, { pit: choice.pit, prospects }));
  const scripts = judged.map(({ node: { name }, fate }) => ({ name, fate }));
  for (const reports of [guardedScripts, editedScripts, lostScripts]) {
    draft.reportAll(reports(scripts));
  }
  const elsewhere = leasesElsewhere(chosen, leases);
  if (elsewhere) draft.report("check-failed", elsewhere);
  draft.reportAll(strangers({ ...match, path: flags.leases }));
  draft.reportAll(unsecuredProblems(nodes));
  draft.reportAll(releaseProblems(booted.releases(measures.roles)));
  draft.reportAll(liveDirProblems(nodes));
  const seen = judged.map(({ node: { name }, observed }) => ({ name, observed }));
  draft.reportAll(halfOfflineProblems(seen));
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

/** Judges nodes one by one. */
class NodeJudge {
  readonly #measures: Measures;
  /** Files that links point to, looked at once for all nodes. */
  readonly #files = new Map<string, ArtifactFile | null>();

  constructor(measures: Measures) {
    this.#measures = measures;
  }

  async judge({ name, node }: StaticBmc): Promise<Judged> {
    const { roles, scripts, records, leases, webRoot, observe } = this.#measures;
    const directory = `${webRoot}/${node}`;
    const role = roleOf(node, roles);
    const observed = guarded(directory, "run again if somebody moved it", () => observe(node));
    const { links, triple } = role
      ? judgeLinks(observed, role, (target) => this.#servedFile(join(directory, target)))
      : { links: "foreign" as const, triple: null };
    const wanted = role && scripts ? scriptFor(node, role, scripts) : null;
    const { whose, fate } = judgeScript(observed, {
      sha256: observed.script && await digestOf(observed.script.text, wanted),
      written: records.get(node) ?? [],
      wanted,
    });
    return {
      triple,
      observed,
      fate,
      node: {
        name: node,
        role: role?.name ?? null,
        directory,
        change: observed.directory === "directory" ? "unchanged" : "absent",
        ...targetsOf(observed.links),
        script: whose,
        links,
        release: triple?.release ?? null,
        kernelVersion: triple?.kernelVersion ?? null,
        liveDir: observed.script && liveDirOf(observed.script.text),
        lease: leases.get(name) ?? null,
      },
    };
  }

  /** The file at a path, if the web server can read it. */
  #servedFile(path: string): ArtifactFile | null {
    const { root, webRoot } = this.#measures;
    const seen = this.#files.get(path);
    if (seen !== undefined) return seen;
    const info = ifThere(() => root.stat(path, {}));
    const isServed = info?.isFile && !unservable(root, path, webRoot);
    const file = isServed ? { path, bytes: info.size, modified: info.modified } : null;
    this.#files.set(path, file);
    return file;
  }
}
