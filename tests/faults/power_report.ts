/**
 * What is said of power cuts.
 *
 * @module
 */

import type { CutOutcome } from "./power_cuts.ts";
import { groupViolations } from "./groups.ts";
import { nameOf } from "./scenarios.ts";
import { describeFault } from "./try_fault.ts";

/**
 * Says how many cuts were tried in each scenario, and what was wrong.
 *
 * @param outcomes What became of them.
 * @param seed What they were chosen by.
 */
export function cutTable(outcomes: readonly CutOutcome[], seed: number): string {
  const names = [...new Set(outcomes.map(({ prepared }) => nameOf(prepared.scenario)))];
  const row = (name: string, numbers: readonly (string | number)[]): string =>
    name.padEnd(34) + numbers.map((number) => String(number || "-").padStart(14)).join("");
  const bad = outcomes.filter(({ violations }) => violations.length > 0).length;
  return [
    row("start/command", ["at work", "after exit 0", "bad"]),
    ...names.map((name) => {
      const some = outcomes.filter(({ prepared }) => nameOf(prepared.scenario) === name);
      const done = some.filter(({ wasDone }) => wasDone).length;
      const wrong = some.filter(({ violations }) => violations.length > 0).length;
      return row(name, [some.length - done, done, wrong]);
    }),
    "",
    `${outcomes.length} power cuts (seed ${seed}), ${bad} with violations`,
    ...groupViolations(
      outcomes,
      ({ prepared, fault, wasDone }) =>
        `${nameOf(prepared.scenario)}, ${
          wasDone || !fault ? "after exit 0" : describeFault(fault)
        }`,
    ),
  ].join("\n");
}
