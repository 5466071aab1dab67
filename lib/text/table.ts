/**
 * Tables for people.
 *
 * @module
 */

import { breakLines, clip, listParts, wrapList } from "./lines.ts";

/** With less room a list of nodes is not readable. */
const LEAST_ROOM = 16;

/**
 * Lays out rows in columns. What does not fit continues in the last column of
 * the next line. Where there is no room for that either, the last column goes
 * below the others, and those are broken between cells.
 *
 * @param rows Cells; the first row is the head.
 * @param width The most characters of a line.
 * @returns Lines without trailing blanks.
 *
 * @example
 * ```ts
 * import { table } from "./table.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(table([["STATE", "NODES"], ["changed", "ncn-s001,ncn-w[001-003]"]], 30), [
 *   "STATE    NODES",
 *   "changed  ncn-s001,",
 *   "         ncn-w[001-003]",
 * ]);
 * ```
 */
export function table(rows: readonly (readonly string[])[], width: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.slice(0, -1).entries()) {
      widths[i] = Math.max(widths[i] ?? 0, cell.length + 2);
    }
  }
  const inner = widths.reduce((sum, each) => sum + each, 0);
  const isBelow = width - inner < Math.max(...rows.map((row) => needOf(row.at(-1) ?? "")));
  const column = isBelow ? 4 : inner;
  return rows.flatMap((row) => {
    const cells = row.slice(0, -1);
    const before = cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("");
    const last = wrapList(row.at(-1) ?? "", width - column).map((line) =>
      " ".repeat(column) + line
    );
    if (!isBelow) return [before + (last[0] ?? "").trimStart(), ...last.slice(1)];
    const below = last.filter((line) => line.trim() !== "");
    return [...inner - 2 > width ? flow(cells, width) : [before], ...below];
  }).map((line) => clip(line.trimEnd(), width));
}

/** The least room for a cell of the last column: its longest part, or all of a short one. */
function needOf(cell: string): number {
  const longest = Math.max(...listParts(cell).map(({ length }) => length));
  return Math.min(cell.length, Math.max(longest, LEAST_ROOM));
}

/** Cells one after another, as many in a line as fit; further lines are indented. */
function flow(cells: readonly string[], width: number): string[] {
  const [between, filled] = ["  ", cells.filter((cell) => cell.trim() !== "")];
  const lines = breakLines(filled, { first: width, width: width - between.length, between });
  return lines.map((line, i) => i === 0 ? line : between + line);
}
