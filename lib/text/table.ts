/**
 * Tables for people.
 *
 * @module
 */

/** With less room a list of nodes is not readable. */
const LEAST_ROOM = 20;

/**
 * Lays out rows in columns. What does not fit continues in the last column of
 * the next line.
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
  // A narrow terminal: the last column goes below the others.
  const isBelow = width - inner < LEAST_ROOM;
  const column = isBelow ? 4 : inner;
  return rows.flatMap((row) => {
    const before = row.slice(0, -1).map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("");
    const last = wrap(row.at(-1) ?? "", width - column).map((line) => " ".repeat(column) + line);
    return (isBelow ? [before, ...last] : [before + (last[0] ?? "").trimStart(), ...last.slice(1)])
      .map((line) => clip(line.trimEnd(), width));
  });
}

/** Breaks a text after commas, if it has any. */
function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const part of text.split(/(?<=,)/)) {
    const last = lines.at(-1) ?? "";
    if (last === "" || last.length + part.length <= width) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines;
}

/** Cuts a line to `width` characters. */
export function clip(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, Math.max(width - 1, 0))}…` : line;
}
