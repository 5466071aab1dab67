/**
 * A column for what becomes of the disks of nodes, in a table of other things.
 *
 * @module
 */

import type { BootNode } from "./document.ts";

/** A node of which that may be known. */
type Disked = Pick<BootNode, "disks">;

/** What a start would do to them: "wiped" would say that it has been done. */
const WORDS = { wiped: "wipe", kept: "keep", unknown: "unknown" };

/**
 * Makes the column, which is there only where nodes differ.
 *
 * @param all All of them; those of which nothing is known do not differ.
 */
export function disksColumn(
  all: readonly Disked[],
): { readonly head: readonly string[]; readonly cellsOf: (each: Disked) => readonly string[] } {
  const known = new Set(all.flatMap(({ disks }) => disks ?? []));
  if (known.size < 2) return { head: [], cellsOf: () => [] };
  return { head: ["DISKS"], cellsOf: ({ disks }) => [disks ? WORDS[disks] : "-"] };
}
