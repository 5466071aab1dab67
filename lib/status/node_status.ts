/**
 * Judges what a node would boot now.
 *
 * @module
 */

import type { BootNode, Cause } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import { type ArtifactFile, type BootTriple, tripleOf } from "../images/boot_triples.ts";
import { eachOfThree, PARTS } from "../images/each_of_three.ts";
import type { Role } from "../nodes/roles.ts";
import { foldHosts } from "../text/host_range.ts";
import { type Observed, targetsOf, type WantedScript } from "../boot/boot_tree.ts";
import { obstacleIn } from "../boot/plan_links.ts";
import { type ScriptFate, scriptFate } from "../boot/script_fate.ts";

/** The judgement on the links of a node. */
export interface LinkVerdict {
  /**
   * `whole`: three links to one image of its role. `missing`: one is not
   * there. `broken`: one points to nothing. `foreign`: to something else.
   * `offline`: somebody has taken the node offline.
   */
  readonly links: NonNullable<BootNode["links"]>;
  /** The image that it boots, if that is complete. */
  readonly triple: BootTriple | null;
}

/**
 * Judges the three links of a node.
 *
 * @param observed What lies in its boot directory.
 * @param targetOf Finds the file that a link points to, by what it holds;
 * `null` if there is none that the web server could read.
 */
export function judgeLinks(
  observed: Observed,
  role: Role,
  targetOf: (target: string) => ArtifactFile | null,
): LinkVerdict {
  if (observed.parked && !observed.script) return { links: "offline", triple: null };
  if (observed.obstacles.length > 0) return { links: "foreign", triple: null };
  const targets = targetsOf(observed.links);
  if (PARTS.some((part) => targets[part] === null)) return { links: "missing", triple: null };
  const files = eachOfThree((part) => targetOf(targets[part] ?? ""));
  const { kernel, initrd, rootfs } = files;
  if (!kernel || !initrd || !rootfs) return { links: "broken", triple: null };
  const triple = tripleOf(role, { kernel, initrd, rootfs });
  return { links: triple ? "whole" : "foreign", triple };
}

/**
 * Judges the script of a node.
 *
 * @param observed What lies in its boot directory.
 * @param known `sha256`: of its script; `written`: of what we wrote for it;
 * `wanted`: the script that it should have, if that is known.
 * @returns Whose it is, and what becomes of it; that is `null` if it cannot be told.
 */
export function judgeScript(
  { script }: Observed,
  { sha256, written, wanted }: {
    sha256: string | null;
    written: readonly string[];
    wanted: WantedScript | null;
  },
): { whose: NonNullable<BootNode["script"]>; fate: ScriptFate | null } {
  if (!script || script.away) return { whose: "missing", fate: null };
  const known = { written, reset: false };
  const fate = scriptFate({ text: script.text, sha256: sha256 ?? "" }, wanted, known);
  const whose = fate === "right" || fate === "replaced" ? "ours" : "edited";
  return { whose, fate: wanted || written.length > 0 ? fate : null };
}

/**
 * Names the nodes that would not boot what they should, and says what helps them.
 *
 * @param judged All nodes, and what lies in their boot directories.
 * @param pit The PIT, which run leaves out.
 */
export function unreadyProblems(
  judged: readonly { readonly node: BootNode; readonly observed: Observed }[],
  pit: string,
): Report[] {
  const unready = judged.flatMap(({ node, observed }) => {
    const { name, role, links, script } = node;
    if (links === "offline" || (links === "whole" && script !== "missing")) return [];
    // Why it is none is said by itself.
    if (links === "whole" && observed.unfit) return [];
    const reason = links === "whole" ? `script.ipxe ${script}` : `links ${links}`;
    const obstacle = role === null ? null : obstacleIn(node, observed);
    return [{ name, reason, obstacle, cure: cureOf(node, obstacle, pit) }];
  });
  const groups = Map.groupBy(unready, ({ reason, cure }) => `${reason}: ${cure}`);
  return [...groups.values()].map((group) => {
    const names = group.map(({ name }) => name);
    const range = foldHosts(names);
    const obstacles = group.flatMap(({ obstacle }) => obstacle ?? []);
    const [{ reason, cure } = { reason: "", cure: "run" as const }] = group;
    const hint = cureHint(cure, range, obstacles);
    return ["node-not-whole", { message: `${range}: ${reason}`, hint, nodes: names }];
  });
}

/** What helps a node that would not boot what it should. */
type Cure = "role" | "place" | "name" | "run";

function cureOf({ name, role }: BootNode, obstacle: string | null, pit: string): Cure {
  if (role === null) return "role";
  if (obstacle !== null) return "place";
  return name === pit ? "name" : "run";
}

function cureHint(cure: Cure, range: string, obstacles: readonly string[]): string {
  const run = `pitboot run --nodes ${range} sets them up`;
  switch (cure) {
    case "role":
      return "no role has such nodes: add one to /etc/pitboot.json";
    case "place":
      return `move ${obstacles.join(", ")} elsewhere; then ${run}`;
    case "name":
      return `${run}; without --nodes it leaves the PIT out`;
    case "run":
      return run;
  }
}

/**
 * Adds why a node was not ready at the end of the last run, if that still holds.
 *
 * @param node As it is now.
 * @param cause The recorded one, if there is one.
 */
export function withCause(node: BootNode, cause: Cause | undefined): BootNode {
  if (!cause || node.links === "offline") return node;
  const isOfDirectory = cause.code === "node-failed" || cause.code === "node-without-role";
  const holds = isOfDirectory ? node.links !== "whole" : node.lease === null;
  return holds ? { ...node, cause } : node;
}
