/**
 * Shows that pitboot, cut off or refused at any moment, makes nothing worse.
 *
 * Synopsis: deno task faults [faults|power|readers] [--only START/COMMAND]
 *             [--fault WAY@N[,WAY@N]] [--cuts COUNT] [--seed NUMBER]
 * Output:   what was tried, what it hit, and what was wrong
 * Exit:     0 nothing was wrong, 1 something was
 *
 * @module
 */

import { parseArgs } from "node:util";
import { POWER, SHIM, whyNot } from "../needs.ts";
import { measureAway } from "./away.ts";
import { readWhileSwitching } from "./readers.ts";
import { faultTables, violationLines } from "./report.ts";
import { nameOf, SCENARIOS } from "./scenarios.ts";
import { attemptsFor, makeBench, prepareAll, tryAll } from "./try_all.ts";
import { describeAttempt } from "./try_fault.ts";

const PARTS = { faults, power, readers } as const;
const { values: flags, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    only: { type: "string" },
    fault: { type: "string" },
    cuts: { type: "string" },
    seed: { type: "string" },
  },
});
const begin = performance.now();
let isGood = true;
const reason = whyNot(SHIM);
if (reason) {
  console.error(reason);
  Deno.exit(1);
}
using bench = await makeBench();
for (const [name, part] of Object.entries(PARTS)) {
  const [wanted = flags.only ? "faults" : name] = positionals;
  if (wanted === name) isGood = await part() && isGood;
}
console.log(`${((performance.now() - begin) / 1000).toFixed(0)} s`);
Deno.exitCode = isGood ? 0 : 1;

async function faults(): Promise<boolean> {
  const scenarios = SCENARIOS.filter((each) => !flags.only || nameOf(each) === flags.only);
  const attempts = (await prepareAll(bench, scenarios)).flatMap(attemptsFor)
    .filter((attempt) => !flags.fault || describeAttempt(attempt) === flags.fault);
  const outcomes = await tryAll(bench, attempts);
  const lines = violationLines(outcomes);
  console.log([faultTables(outcomes), ...lines, ""].join("\n"));
  return outcomes.length > 0 && lines.length === 0;
}

async function power(): Promise<boolean> {
  const reason = whyNot(POWER);
  if (reason) {
    console.log(`${reason}\n`);
    return true;
  }
  const path = new URL("./power_main.ts", import.meta.url).pathname;
  const { success } = await new Deno.Command("unshare", {
    args: [
      "--mount",
      "--propagation",
      "private",
      Deno.execPath(),
      "run",
      "-q",
      "-A",
      path,
      `${flags.cuts ?? 200}`,
      `${flags.seed ?? 1}`,
    ],
  }).spawn().status;
  console.log();
  return success;
}

async function readers(): Promise<boolean> {
  const { switches, looks, counted, mixed, broken } = await readWhileSwitching(bench, {
    nodes: 100,
    seconds: 10,
  });
  console.log(
    `100 nodes switched ${switches} times under two readers: ${looks} looks, of which ${counted} saw one script before and after; ${mixed} of them beside links that do not belong together; ${broken} links that led nowhere`,
  );
  const times = await measureAway(100);
  const ms = (part: number): string =>
    `${times[Math.floor(part * (times.length - 1))]?.toFixed(1)} ms`;
  console.log(`a script is away for ${ms(0.5)} (median; at least ${ms(0)}, at most ${ms(1)})\n`);
  return mixed + broken === 0;
}
