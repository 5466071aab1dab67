/**
 * Judges what a node would boot now.
 *
 * @module
 */

import type { BootNode, Cause } from "../document/document.ts";
import type { Hint, Typed } from "../document/hint.ts";
import type { Report } from "../document/problems.ts";
import { type ArtifactFile, type BootTriple, tripleOf } from "../images/boot_triples.ts";
import { eachOfThree, type Part, PARTS } from "../images/each_of_three.ts";
import type { Role } from "../nodes/roles.ts";
import { foldHosts } from "../text/host_range.ts";
import { LINK_NAMES, type Observed, targetsOf, type WantedScript } from "../boot/boot_tree.ts";
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
  /** The links that make them so; none where all of them are missing. */
  readonly at: readonly Part[];
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
  const judged = (links: LinkVerdict["links"], at: readonly Part[] = []): LinkVerdict => (
    { links, triple: null, at }
  );
  if (observed.parked && !observed.script) return judged("offline");
  if (observed.obstacles.length > 0) return judged("foreign");
  const targets = targetsOf(observed.links);
  const missing = PARTS.filter((part) => targets[part] === null);
  if (missing.length > 0) return judged("missing", missing.length < PARTS.length ? missing : []);
  const files = eachOfThree((part) => targetOf(targets[part] ?? ""));
  const { kernel, initrd, rootfs } = files;
  if (!kernel || !initrd || !rootfs) {
    return judged("broken", PARTS.filter((part) => files[part] === null));
  }
  const triple = tripleOf(role, { kernel, initrd, rootfs });
  return triple ? { links: "whole", triple, at: [] } : judged("foreign", PARTS);
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
 * Says which links are not as they should be, and where they point.
 *
 * @param verdict What was judged.
 * @param observed What lies in the boot directory.
 * @param whyNot Says why the web server cannot serve what a link points to.
 */
export function linkFaults(
  { links, at }: LinkVerdict,
  observed: Observed,
  whyNot: (target: string) => string,
): string[] {
  const targets = targetsOf(observed.links);
  return at.map((part) => {
    const [name, target] = [LINK_NAMES[part], targets[part]];
    if (target === null) return `${name} does not exist`;
    return `${name} → ${target}${links === "broken" ? `: ${whyNot(target)}` : ""}`;
  });
}

/** A node, what lies in its boot directory, and what is wrong with its links. */
export interface NodeSight {
  readonly node: BootNode;
  readonly observed: Observed;
  readonly faults: readonly string[];
}

/**
 * Names the nodes that would not boot what they should, and says what helps them.
 *
 * @param judged All nodes, and what lies in their boot directories.
 * @param options `pit`: the PIT, which run leaves out; `prospects`: what run would give
 * nodes, by role.
 */
export function unreadyProblems(
  judged: readonly NodeSight[],
  { pit, prospects }: { readonly pit: string; readonly prospects: ReadonlyMap<string, Prospect> },
): Report[] {
  const unready = judged.flatMap(({ node, observed, faults }) => {
    if (isReady(node)) return [];
    const { name, role, links, script } = node;
    // Why it is none is said by itself.
    if (links === "whole" && observed.unfit) return [];
    const state = links === "whole" ? `script.ipxe ${script}` : `links ${links}`;
    const reason = [state, ...faults.map((fault) => `    ${fault}`)].join("\n");
    const obstacle = role === null ? null : obstacleIn(node, observed);
    const prospect = prospects.get(role ?? "");
    const cure = cureOf(node, obstacle, pit);
    return [{ name, reason, obstacle, cure, prospect, own: ownWords(role, prospect) }];
  });
  const groups = Map.groupBy(unready, ({ reason, cure, own }) => `${reason}: ${cure} ${own}`);
  return [...groups.values()].flatMap((group): Report[] => {
    const [first] = group;
    if (!first) return [];
    const names = group.map(({ name }) => name);
    const range = foldHosts(names);
    const obstacles = group.flatMap(({ obstacle }) => obstacle ?? []);
    const prospects = group.flatMap(({ prospect }) => prospect ?? []);
    const message = `${range}: ${first.reason}`;
    const hint: Hint = (typed) =>
      cureHint(first.cure, { obstacles, run: runHint(range, prospects, typed) });
    return [["node-not-whole", { message, hint, nodes: names }]];
  });
}

/** Whether a node would boot what it should, or is offline. */
export function isReady({ links, script }: BootNode): boolean {
  return links === "offline" || (links === "whole" && script !== "missing");
}

/** What run would give the nodes of a role. */
export interface Prospect {
  /** `null` where it would refuse to. */
  readonly release: string | null;
  /** What it must be told to choose that, for instance `kubernetes=1.6.1`. */
  readonly wish: string | null;
  /** Why it would refuse. */
  readonly refusal: string | null;
}

/** Nodes of several roles share a hint, unless that is of one role. */
function ownWords(role: string | null, { wish, refusal }: Partial<Prospect> = {}): string {
  return wish || refusal ? role ?? "" : "";
}

function runHint(range: string, prospects: readonly Prospect[], typed: Typed): string {
  const [{ wish = null, refusal = null } = {}] = prospects;
  const wished = wish === null ? [] : ["--release", wish];
  const run = typed.command("run", "--nodes", range, ...wished);
  if (refusal !== null) return `first: ${refusal}; then ${run}`;
  const releases = [...new Set(prospects.flatMap(({ release }) => release ?? []))];
  const what = releases.length > 0 ? ` with ${releases.join(" and ")}` : "";
  return `${run} sets them up${what}`;
}

/** What helps a node that would not boot what it should. */
type Cure = "role" | "place" | "name" | "run";

function cureOf({ name, role }: BootNode, obstacle: string | null, pit: string): Cure {
  if (role === null) return "role";
  if (obstacle !== null) return "place";
  return name === pit ? "name" : "run";
}

function cureHint(
  cure: Cure,
  { obstacles, run }: { readonly obstacles: readonly string[]; readonly run: string },
): string {
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
