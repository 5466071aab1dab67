/**
 * What must be so after a fault, and after the run that comes after it.
 *
 * @module
 */

import { parseGeneration } from "../../lib/history/generation_log.ts";
import type { Edit } from "./starts.ts";
import type { Entry, Tree } from "./tree.ts";

const WEB = "/var/www";
const LINKS = ["kernel", "initrd.img.xz", "rootfs"];
/** Names of what is not in its place yet, or any more. */
const ON_THE_WAY = /\/\.[^/]*(new|away)(\/|$)/;
/** What may differ after a run that was cut off and one that was not. */
const GENERATIONS = "/var/lib/pitboot/generations";
const STATE = "/var/lib/pitboot";
/** Full of times. */
const LOGS = "/var/log/";

/** What a tree is held against. */
export interface Expectation {
  /** What the run started from. */
  readonly before: Tree;
  /** What runs leave that nothing disturbs; more than one where more than one ran. */
  readonly after: readonly Tree[];
  readonly edits: readonly Edit[];
}

/**
 * Finds what a fault made worse.
 *
 * @param tree What it left.
 * @param expectation What may be there.
 * @returns A sentence for each.
 */
export function faultViolations(tree: Tree, { before, after, edits }: Expectation): string[] {
  const good = [before, ...after];
  const nodes = nodesOf(tree);
  return [
    ...nodes.flatMap((node) => nodeViolation(tree, node, good)),
    ...nodes.flatMap((node) => brokenLinks(tree, node, before)),
    ...lostEdits(tree, edits),
    ...strangers(tree, good),
  ];
}

/**
 * Finds what differs from a run that nothing disturbed.
 *
 * @param tree What the run after the fault left.
 * @param expectation Of `after`, the last is what it must be.
 * @param options `state`: whether pitboot must remember the same, too.
 * @returns A sentence for each.
 */
export function rerunViolations(
  tree: Tree,
  { after, edits }: Expectation,
  { state }: { state: boolean },
): string[] {
  const wanted = after.at(-1) ?? new Map<string, Entry>();
  const paths = [...new Set([...tree.keys(), ...wanted.keys()])].sort().filter((path) =>
    !path.startsWith(GENERATIONS) && !path.startsWith(LOGS) && (state || !path.startsWith(STATE))
  );
  return [
    ...lostEdits(tree, edits),
    ...paths.flatMap((path) => {
      const [found, expected] = [describe(tree, path), describe(wanted, path)];
      if (found === expected) return [];
      if (expected === null) return [`${path} is left by the run after it`];
      if (found === null) return [`${path} is missing after the run after it`];
      return [`${path} differs after the run after it`];
    }),
    ...strays(tree).filter((path) => wanted.has(path)).map((path) => `${path} is left`),
  ];
}

/**
 * Finds what is said and not so.
 *
 * @param said What a command said of its failure.
 * @param tree What it left.
 * @param expectation What was there.
 * @returns A sentence for each.
 */
export function claimViolations(said: string, tree: Tree, { before }: Expectation): string[] {
  const isSame = (top: string): boolean =>
    [...new Set([...tree.keys(), ...before.keys()])].every((path) =>
      !path.startsWith(top) || ON_THE_WAY.test(path) || same(tree.get(path), before.get(path))
    );
  const tops = [...new Set([...nodesOf(tree), ...nodesOf(before)])].map((node) => `${WEB}/${node}`);
  return [
    ...(said.includes("no node was changed") && !tops.every(isSame)
      ? ["it said that no node was changed"]
      : []),
    ...(said.includes("nothing was changed") && !["/root", "/usr", WEB].every(isSame)
      ? ["it said that nothing was changed"]
      : []),
  ];
}

/**
 * Finds what changed and is in no generation, and what cannot be read of them.
 *
 * @param tree What a fault left.
 * @param expectation What was there.
 * @returns A sentence for each.
 */
export function recordViolations(tree: Tree, { before }: Expectation): string[] {
  const recorded = new Set<string>();
  const wrong: string[] = [];
  for (const [path, entry] of tree) {
    if (!/^\/var\/lib\/pitboot\/generations\/\d+\.json$/.test(path)) continue;
    if (entry.kind !== "file" || before.has(path)) continue;
    try {
      const { changes } = parseGeneration(entry.text);
      for (const node of changes.flatMap(({ nodes }) => nodes)) recorded.add(node);
    } catch {
      wrong.push(`${path} cannot be read`);
    }
  }
  const nodes = new Set([...nodesOf(tree), ...nodesOf(before)]);
  const changed = [...nodes].filter((node) =>
    [...LINKS, "script.ipxe"].some((name) =>
      !same(tree.get(`${WEB}/${node}/${name}`), before.get(`${WEB}/${node}/${name}`))
    )
  );
  return [
    ...wrong,
    ...changed.filter((node) => !recorded.has(node)).map((node) => `${node} changed unrecorded`),
  ];
}

/** Whether a tree is the one that a run leaves that nothing disturbs. */
export function isDone(tree: Tree, expectation: Expectation): boolean {
  return rerunViolations(tree, expectation, { state: false }).length === 0;
}

/** Names of what is not in its place. */
export function strays(tree: Tree): string[] {
  return [...tree.keys()].filter((path) => ON_THE_WAY.test(path));
}

/** The nodes that have a boot directory. */
export function nodesOf(tree: Tree): string[] {
  return [...tree].flatMap(([path, { kind }]) => {
    const [, node] = /^\/var\/www\/([^/.][^/]*)$/.exec(path) ?? [];
    return kind === "directory" && node && node !== "boot" && node !== "ephemeral" ? [node] : [];
  });
}

/** What a node boots: its script, and what its links hold; `null` without a script. */
export function bootOf(tree: Tree, node: string): string | null {
  const script = tree.get(`${WEB}/${node}/script.ipxe`);
  if (!script) return null;
  const text = script.kind === "file" ? script.text : script.kind;
  return JSON.stringify([text, script.facts, ...targetsOf(tree, node)]);
}

/** Whether the three links of a node are there, point to something, and belong together. */
export function isWhole(tree: Tree, node: string): boolean {
  const targets = targetsOf(tree, node);
  const folders = new Set(targets.map((target) => target?.replace(/\/[^/]*$/, "")));
  return folders.size === 1 && targets.every((target) => target !== null && leads(tree, target));
}

function targetsOf(tree: Tree, node: string): (string | null)[] {
  return LINKS.map((name) => {
    const entry = tree.get(`${WEB}/${node}/${name}`);
    return entry?.kind === "link" ? entry.target : null;
  });
}

function leads(tree: Tree, target: string): boolean {
  return tree.has(target.replace(/^\.\./, WEB));
}

function nodeViolation(tree: Tree, node: string, good: readonly Tree[]): string[] {
  const boot = bootOf(tree, node);
  if (boot === null || good.some((each) => bootOf(each, node) === boot)) return [];
  return isWhole(tree, node)
    ? [`${node} is neither old nor new, and has a script`]
    : [`${node} has a script beside links that do not belong together`];
}

function brokenLinks(tree: Tree, node: string, before: Tree): string[] {
  return LINKS.map((name) => `${WEB}/${node}/${name}`).flatMap((path) => {
    const entry = tree.get(path);
    const isGood = entry === undefined || (entry.kind === "link" && leads(tree, entry.target));
    return isGood || same(entry, before.get(path)) ? [] : [`${path} is broken`];
  });
}

function lostEdits(tree: Tree, edits: readonly Edit[]): string[] {
  return edits.flatMap(({ text, places }) => {
    const isThere = [...tree].some(([path, entry]) =>
      entry.kind === "file" && entry.text === text &&
      places.some((place) => place.endsWith("/") ? path.startsWith(place) : path === place)
    );
    return isThere ? [] : [`what was in ${places[0]} is lost`];
  });
}

/** What is outside of the boot directories must be as it was, or as it will be. */
function strangers(tree: Tree, good: readonly Tree[]): string[] {
  const nodes = new Set(good.flatMap(nodesOf));
  const paths = new Set([tree, ...good].flatMap((each) => [...each.keys()]));
  return [...paths].filter((path) => {
    const [, node = ""] = /^\/var\/www\/([^/]+)/.exec(path) ?? [];
    if (nodes.has(node) || ON_THE_WAY.test(path)) return false;
    if (path.startsWith(STATE) || path.startsWith(LOGS)) return false;
    return !good.some((each) => same(tree.get(path), each.get(path)));
  }).map((path) => `${path} is neither old nor new`);
}

function same(a: Entry | undefined, b: Entry | undefined): boolean {
  return key(a) === key(b);
}

function key(entry: Entry | undefined): string | null {
  return entry ? JSON.stringify({ ...entry, modified: 0 }) : null;
}

/** Times of two runs are not the same; but scripts have the time of what they are made from. */
function describe(tree: Tree, path: string): string | null {
  const entry = tree.get(path);
  const origin = tree.get(`${WEB}/boot/script.ipxe`);
  const isTimed = entry?.kind === "file" && origin?.kind === "file" &&
    path.endsWith("/script.ipxe") && entry.modified === origin.modified;
  return entry ? `${key(entry)} ${isTimed}` : null;
}
