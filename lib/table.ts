/**
 * Tables for people.
 *
 * @module
 */

/**
 * Lays out rows in columns.
 *
 * @param rows Cells; the first row is the head.
 * @param width The most characters of a line; longer ones are cut with `…`.
 * @returns Lines without trailing blanks.
 *
 * @example
 * ```ts
 * import { table } from "./table.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(table([["NODE", "STATE"], ["ncn-w001", "changed"]], 80), [
 *   "NODE      STATE",
 *   "ncn-w001  changed",
 * ]);
 * ```
 */
export function table(
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    clip(
      row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd(),
      width,
    )
  );
}

/** Cuts a line to `width` characters. */
export function clip(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, Math.max(width - 1, 0))}…` : line;
}
