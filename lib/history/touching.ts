/**
 * What was changed of some nodes.
 *
 * @module
 */

import type { Generation } from "../document/generation.ts";
import { fitsPattern } from "../text/pattern.ts";

/**
 * Finds the generations that touched nodes.
 *
 * @param generations All of them.
 * @param wanted Names of nodes, and patterns of names; `null` for all.
 * @returns Those that did, with nothing of other nodes.
 */
export function touching<G extends Generation>(
  generations: readonly G[],
  wanted: readonly string[] | null,
): readonly G[] {
  if (wanted === null) return generations;
  const isWanted = (name: string): boolean => wanted.some((each) => fitsPattern(name, each));
  return generations.flatMap((generation) => {
    const changes = generation.changes.flatMap((change) => {
      const nodes = change.nodes.filter(isWanted);
      return nodes.length > 0 ? [{ ...change, nodes }] : [];
    });
    const notReady = generation.notReady?.filter(isWanted);
    return changes.length > 0 ? [{ ...generation, changes, ...notReady && { notReady } }] : [];
  });
}
