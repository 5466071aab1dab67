/**
 * Rows of tables, in which what has the same result shares a line.
 *
 * @module
 */

import { foldHosts } from "../text/host_range.ts";
import { table } from "../text/table.ts";

/**
 * Makes one row for all items with the same cells, with their names as a range.
 *
 * @param items In the order of the rows.
 * @param layout `head`: the head of the table; `cells`: what items of one row have in
 * common; `nameOf`: the name of an item; `width`: the most characters of a line.
 */
export function grouped<T>(
  items: readonly T[],
  { head, cells, nameOf, width }: {
    readonly head: readonly string[];
    readonly cells: (item: T) => string[];
    readonly nameOf: (item: T) => string;
    readonly width: number;
  },
): string[] {
  const groups = Map.groupBy(items, (item) => cells(item).join("\0"));
  const rows = [...groups].map(([key, group]) => [
    ...key.split("\0"),
    String(group.length),
    foldHosts(group.map(nameOf)),
  ]);
  return rowsBelow(head, rows, width);
}

/** Lays out rows. Without rows there is no table either: a problem has said why. */
export function rowsBelow(head: readonly string[], rows: string[][], width: number): string[] {
  return rows.length > 0 ? table([head, ...rows], width) : [];
}
