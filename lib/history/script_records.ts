/**
 * Which scripts are ours: what is recorded of those that were written.
 *
 * @module
 */

import { dictionary, list, object, type Shape, text } from "../text/shape.ts";
import type { PlannedNode } from "../boot/planned_node.ts";

/**
 * SHA-256 of the scripts that are ours, by node: the one that was found and may be
 * replaced, and the one that is written in its place.
 */
export type ScriptRecords = ReadonlyMap<string, readonly string[]>;

/** The file of them. */
export const recordsShape: Shape<{
  readonly scripts: Readonly<Record<string, readonly string[]>>;
}> = object({ scripts: dictionary(list(text)) });

/**
 * Adds what is about to be written. Until it is, what was found is still there: a
 * run that is interrupted leaves the one or the other, and both are known.
 *
 * @param records What was ours before.
 * @param nodes What is planned.
 * @returns The new records; `null` if they are the same.
 */
export function updateRecords(
  records: ScriptRecords,
  nodes: readonly PlannedNode[],
): ScriptRecords | null {
  const updated = new Map(records);
  let differs = false;
  for (const node of nodes) {
    const before = records.get(node.wanted.name) ?? [];
    const after = oursOf(node, before);
    if (after.length === before.length && after.every((sha256, i) => sha256 === before[i])) {
      continue;
    }
    updated.set(node.wanted.name, after);
    differs = true;
  }
  return differs ? updated : null;
}

function oursOf(node: PlannedNode, before: readonly string[]): readonly string[] {
  const { wanted, observed: { script: now, parked }, history, plan } = node;
  const found = now ? history.digests.get(now.text) ?? null : null;
  switch (plan.script) {
    case "kept":
    case "missing":
      return before;
    case "unchanged":
      // Of a node that was offline nobody asked what it should have.
      if (!wanted.script || wanted.isEdited || found === null || before.includes(found) || parked) {
        return before;
      }
      return [found];
    case "written": {
      const after = [...new Set([...found === null ? [] : [found], ...writtenOf(node, before)])];
      // Nothing at all would mean that nobody can tell.
      return after.length > 0 ? after : before;
    }
  }
}

function writtenOf({ wanted, observed }: PlannedNode, before: readonly string[]): string[] {
  const { script, isEdited } = wanted;
  if (!script || isEdited) return [];
  // What comes back after the node was offline is ours only if it was before.
  const comesBack = observed.parked?.script?.text === script.text;
  return comesBack && !before.includes(script.sha256) ? [] : [script.sha256];
}
