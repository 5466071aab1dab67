/**
 * Which scripts are ours: what is remembered of those that were written.
 *
 * @module
 */

import { dictionary, list, object, type Shape, text } from "../text/shape.ts";
import type { PlannedNode } from "./link_report.ts";

/** SHA-256 of the scripts that we wrote, by node, the newest last. */
export type ScriptRecords = ReadonlyMap<string, readonly string[]>;

/** The file of them. */
export const recordsShape: Shape<{
  readonly scripts: Readonly<Record<string, readonly string[]>>;
}> = object({ scripts: dictionary(list(text)) });

/**
 * Adds what is about to be written.
 *
 * @param records What was written before.
 * @param nodes What is planned.
 * @returns The new records; `null` if they are the same.
 */
export function updateRecords(
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
