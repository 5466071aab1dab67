/**
 * Judges nodes by what lies in their boot directories.
 *
 * @module
 */

import { join } from "@std/path/join";
import type { Host } from "../command/host.ts";
import { Failure, onFailure, orElse } from "../document/problems.ts";
import type { ArtifactFile } from "../images/boot_triples.ts";
import { unservable } from "../images/servable.ts";
import { guarded, ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { othersTurn } from "../io/within.ts";
import { readRoles } from "../nodes/read_roles.ts";
import { type Role, roleOf } from "../nodes/roles.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import type { BootedImage } from "./booted_images.ts";
import { type Observed, targetsOf } from "../boot/boot_tree.ts";
import type { ScriptFate } from "../boot/script_fate.ts";
import { liveDirOf } from "../boot/boot_script.ts";
import { type Disks, disksIn } from "../boot/disks.ts";
import {
  judgeLinks,
  judgeScript,
  linkFaults,
  type LinkVerdict,
  type NodeSight,
} from "./node_status.ts";
import { isOutdated } from "./outdated_scripts.ts";
import { ABSENT, nodeObserver } from "../boot/observe_node.ts";
import type { ScriptRecords } from "../history/script_records.ts";
import { readRecords } from "../history/read_state.ts";
import {
  csmRelease,
  digestOf,
  scriptFor,
  type WantedScripts,
  wantedScripts,
} from "../change/wanted_scripts.ts";

const LOOK_THERE = "look at what is there, and why it cannot be read";
/** They take about 20 ms: what curl prints meanwhile does not fill its pipe. */
const NODES_A_TURN = 64;

/** All that nodes are judged by. */
export interface Measures {
  readonly roles: readonly Role[];
  readonly scripts: WantedScripts | null;
  /** Why there are no such scripts. */
  readonly scriptsFault: Failure | null;
  readonly records: ScriptRecords;
  readonly leases: ReadonlyMap<string, string>;
  readonly webRoot: string;
  readonly root: Root;
  readonly observe: (node: string) => Observed;
}

/** A node, what it boots, and what lies in its boot directory. */
export interface Judged extends BootedImage, NodeSight {
  /** What would become of its script. */
  readonly fate: ScriptFate | null;
  /** Why it cannot be told what lies there; `null` if it can. */
  readonly fault: Failure | null;
  /** Whether boot/script.ipxe has changed since it got its own. */
  readonly isOutdated: boolean;
}

/** Where nodes are, and what they are judged by. */
type JudgeFlags = { readonly [K in "web-root" | "config" | "state"]: string };

/**
 * Judges nodes, all by what is so now.
 *
 * @param chosen Which.
 * @param leases The addresses of BMCs, by their names.
 * @param options Where.
 * @returns What they were judged by, and what came of it.
 * @throws {Failure} If that cannot be told.
 */
export async function judgeNodes(
  chosen: readonly StaticBmc[],
  leases: ReadonlyMap<string, string>,
  { flags, host }: { flags: JudgeFlags; host: Pick<Host, "root" | "context"> },
): Promise<{ measures: Measures; judged: readonly Judged[] }> {
  const { root } = host;
  const webRoot = flags["web-root"];
  const scripts = await wantedScripts(host, webRoot, csmRelease(host.context))
    .catch(onFailure((failure) => failure));
  const measures: Measures = {
    roles: readRoles(root, flags.config),
    scripts: scripts instanceof Failure ? null : scripts,
    scriptsFault: scripts instanceof Failure ? scripts : null,
    records: readRecords(root, flags.state),
    leases,
    webRoot,
    root,
    observe: guarded(webRoot, "name another with --web-root", () => nodeObserver(root, webRoot)),
  };
  const judge = new NodeJudge(measures);
  const judged: Judged[] = [];
  for (const [i, bmc] of chosen.entries()) {
    if (i % NODES_A_TURN === NODES_A_TURN - 1) await othersTurn();
    judged.push(await judge.judge(bmc));
  }
  return { measures, judged };
}

/** Judges nodes one by one. */
class NodeJudge {
  readonly #measures: Measures;
  /** Files that links point to, looked at once for all nodes. */
  readonly #files = new Map<string, ArtifactFile | null>();
  /** By the text of a script: most nodes have the same. */
  readonly #disks = new Map<string, Disks>();

  constructor(measures: Measures) {
    this.#measures = measures;
  }

  async judge({ name, node }: StaticBmc): Promise<Judged> {
    const { roles, scripts, records, leases, webRoot, observe } = this.#measures;
    const directory = `${webRoot}/${node}`;
    const role = roleOf(node, roles);
    const { observed, fault } = this.#observe(directory, () => observe(node));
    const pathOf = (target: string): string => join(directory, target);
    const verdict: LinkVerdict = fault
      ? { links: "broken", triple: null, at: [] }
      : role
      ? judgeLinks(observed, role, (target) => this.#servedFile(pathOf(target)))
      : { links: "foreign", triple: null, at: [] };
    const { links, triple } = verdict;
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
      fault,
      faults: linkFaults(verdict, observed, (target) => this.#whyNot(pathOf(target))),
      isOutdated: whose === "ours" && scripts !== null && isOutdated(observed, scripts),
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
        ...observed.script && { disks: this.#disksIn(observed.script.text) },
        lease: leases.get(name) ?? null,
      },
    };
  }

  /** One that cannot be read does not end the look at all others. */
  #observe(directory: string, observe: () => Observed): Pick<Judged, "observed" | "fault"> {
    return orElse(
      () => ({ observed: guarded(directory, LOOK_THERE, observe), fault: null }),
      (fault) => ({ observed: ABSENT, fault }),
    );
  }

  #disksIn(script: string): Disks {
    const disks = this.#disks.get(script) ?? disksIn(script);
    this.#disks.set(script, disks);
    return disks;
  }

  /** Why the web server cannot serve a path. */
  #whyNot(path: string): string {
    const { root, webRoot } = this.#measures;
    const info = ifThere(() => root.stat(path, {}));
    if (!info) return "does not exist";
    return unservable(root, path, webRoot)?.replace(`${path}: `, "") ?? "is not a file";
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
