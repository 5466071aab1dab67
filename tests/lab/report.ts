/**
 * The table of `deno task lab`: case, what was seen, seconds.
 *
 * @module
 */

import type { Seen } from "./lab_case.ts";

/** A test with its parts, in the order in which they ended. */
interface Test {
  readonly seen: Seen;
  readonly parts: readonly Seen[];
}

/**
 * Reads what the tests wrote down.
 *
 * @param text One JSON object a line.
 * @returns The cases: each test, and below it its parts.
 */
export function readReport(text: string): Seen[] {
  const all = text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Seen);
  const tests: Test[] = all.filter(({ name }) => name.length === 1)
    .map((seen) => ({
      seen,
      parts: all.filter(({ name }) => name.length === 2 && name[0] === seen.name[0]),
    }));
  return tests.flatMap(({ seen, parts }) => [seen, ...parts]);
}

/**
 * Lays out the table.
 *
 * @param cases What {@linkcode readReport} read.
 * @returns Lines.
 */
export function tableOf(cases: readonly Seen[]): string[] {
  const rows = cases.map(({ name: [test, part], state, seen, seconds }) => [
    part === undefined ? test : `  ${part}`,
    state === "ok" ? seen : `${state}: ${seen}`,
    seconds.toFixed(1),
  ]);
  const width = (column: number): number =>
    Math.max(...[HEAD, ...rows].map((row) => row[column]?.length ?? 0));
  const [first, last] = [width(0), width(2)];
  return [HEAD, ...rows].map(([name = "", seen = "", seconds = ""]) =>
    `${name.padEnd(first)}  ${seconds.padStart(last)}  ${seen}`
  );
}

const HEAD = ["CASE", "SEEN", "SECONDS"];
