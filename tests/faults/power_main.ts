/**
 * Shows that pitboot makes nothing worse if the power goes; to be run where
 * what it mounts is seen by nobody else: `unshare --mount`.
 *
 * Synopsis: power_main.ts CUTS SEED
 * Output:   how many cuts were tried, and what was wrong
 * Exit:     0 nothing was wrong, 1 something was
 *
 * @module
 */

import { makeDisks, planCuts, tryCut } from "./power_cuts.ts";
import { cutTable } from "./power_report.ts";
import { SCENARIOS } from "./scenarios.ts";
import { makeBench, prepareAll } from "./try_all.ts";

const [count = 50, seed = 1] = Deno.args.map(Number);
using bench = await makeBench();
const prepared = await prepareAll(
  bench,
  SCENARIOS.filter(({ first, call }) => !first && !call.isSwitching),
);
const disks = await makeDisks(bench, prepared);
const outcomes = [];
for (const cut of planCuts(prepared, count, seed)) {
  const disk = disks.get(cut.prepared.scenario.start);
  if (disk) outcomes.push(await tryCut(bench, cut, disk));
}
console.log(cutTable(outcomes, seed));
Deno.exitCode = outcomes.some(({ violations }) => violations.length > 0) ? 1 : 0;
