/**
 * What is said of faults that were tried.
 *
 * @module
 */

import { groupViolations } from "./groups.ts";
import { nameOf } from "./scenarios.ts";
import { describeAttempt, type Outcome } from "./try_fault.ts";

/** The columns of the tables. */
const WAYS = ["kill", "after", "half", "EIO", "ENOSPC", "EACCES", "EROFS"] as const;

/**
 * Says how many faults were tried in each scenario, and which kinds of calls
 * they hit.
 *
 * @param outcomes What became of them.
 * @returns Two tables, and a line of sums.
 */
export function faultTables(outcomes: readonly Outcome[]): string {
  const bad = outcomes.filter(({ violations }) => violations.length > 0).length;
  const hits = outcomes.reduce((sum, outcome) => sum + outcome.hits.length, 0);
  return [
    ...table("start/command", outcomes, ({ prepared }) => [nameOf(prepared.scenario)]),
    "",
    ...table("call that went wrong", outcomes, ({ hits }) => [hits.at(0)?.kind ?? ""]),
    "",
    `${outcomes.length} faults, ${hits} calls went wrong, ${bad} faults with violations`,
  ].join("\n");
}

function table(
  title: string,
  outcomes: readonly Outcome[],
  rowsOf: (outcome: Outcome) => string[],
): string[] {
  const rows = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    for (const row of rowsOf(outcome)) rows.set(row, [...rows.get(row) ?? [], outcome]);
  }
  const line = (name: string, numbers: readonly (number | string)[]): string =>
    name.padEnd(34) + numbers.map((number) => String(number || "-").padStart(8)).join("");
  return [
    line(title, [...WAYS, "all", "bad"]),
    ...[...rows].map(([name, some]) =>
      line(name, [
        ...WAYS.map((way) => some.filter(({ fault }) => fault.way === way).length),
        some.length,
        some.filter(({ violations }) => violations.length > 0).length,
      ])
    ),
  ];
}

/**
 * Lists violations, those that are alike together.
 *
 * @param outcomes What became of the faults.
 * @returns Lines, each with how often, and how to see it again.
 */
export function violationLines(outcomes: readonly Outcome[]): string[] {
  return groupViolations(
    outcomes,
    (outcome) =>
      `deno task faults --only '${nameOf(outcome.prepared.scenario)}' --fault ${
        describeAttempt(outcome)
      }`,
  );
}
