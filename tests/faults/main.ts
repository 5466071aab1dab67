/**
 * Shows that pitboot, cut off or refused at any moment, makes nothing worse.
 *
 * Synopsis: deno task faults [--only START/COMMAND] [--fault WAY@N[,WAY@N]]
 * Output:   how many faults were tried, what they hit, and what was wrong
 * Exit:     0 nothing was wrong, 1 something was
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { faultTables, violationLines } from "./report.ts";
import { nameOf, SCENARIOS } from "./scenarios.ts";
import { attemptsFor, makeBench, prepareAll, tryAll } from "./try_all.ts";
import { whyNoShim } from "./shim.ts";
import { describeFault } from "./try_fault.ts";

const flags = parseArgs(Deno.args, { string: ["only", "fault"] });
const reason = whyNoShim();
if (reason) {
  console.error(reason);
  Deno.exit(1);
}
using bench = await makeBench();
const begin = performance.now();
const scenarios = SCENARIOS.filter((each) => !flags.only || nameOf(each) === flags.only);
const attempts = (await prepareAll(bench, scenarios)).flatMap(attemptsFor)
  .filter(({ first, fault }) => {
    const words = [...first ? [describeFault(first)] : [], describeFault(fault)];
    return !flags.fault || words.join(",") === flags.fault;
  });
const outcomes = await tryAll(bench, attempts);
console.log(faultTables(outcomes));
const lines = violationLines(outcomes);
if (lines.length > 0) console.log(lines.join("\n"));
console.log(`${((performance.now() - begin) / 1000).toFixed(0)} s`);
Deno.exitCode = lines.length > 0 ? 1 : 0;
