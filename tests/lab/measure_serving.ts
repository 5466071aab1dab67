/**
 * Measures how soon `pitboot run` serves a node whose BMC has a lease.
 *
 * @module
 */

import { startFlow } from "./flow.ts";
import { pitboot, start } from "./pitboot.ts";
import { type Watch, watchServing } from "./serving.ts";
import { until } from "./wait.ts";

const BMCS = 9;
const DEAD = "ncn-w003";
/** How often, each time in a lab of its own. */
const TIMES = 5;
/** Seconds from a lease to the boot script, at most. */
const GOAL = 1;

/**
 * Measures 9 BMCs, of which one is dead or none.
 *
 * @param log Takes each line as it is known.
 * @returns Whether the goal was reached.
 */
export async function measureServing(log: (line: string) => void): Promise<boolean> {
  const delays: number[] = [];
  const whole: number[] = [];
  for (let i = 0; i < TIMES; i++) delays.push(...await besideDeadBmc());
  for (let i = 0; i < TIMES; i++) whole.push(await allHealthy());
  const [largest, middle] = [Math.max(...delays), medianOf(delays)];
  log(`${BMCS} BMCs, one of them dead, pitboot run, ${TIMES} times: from the lease of a BMC`);
  log(`  in dnsmasq.leases to the boot script of its node, while the dead one is waited for:`);
  log(`  median ${inMs(middle)}, largest of ${delays.length} ${inMs(largest)}; the goal is 1 s`);
  log(
    `${BMCS} BMCs, pitboot run from start to end, ${TIMES} times: median ${
      medianOf(whole).toFixed(1)
    } s, slowest ${Math.max(...whole).toFixed(1)} s`,
  );
  return largest <= GOAL;
}

/** Seconds from the lease to the script, of each node but one. */
async function besideDeadBmc(): Promise<number[]> {
  await using lab = await startFlow({ bmcs: BMCS, faults: { [DEAD]: "dead" } });
  using watch = watchServing(lab);
  const abort = new AbortController();
  const run = start(lab, ["run"], { signal: abort.signal, kill: "SIGINT" });
  await until(() => watch.served().length === BMCS - 1, { what: run.said() });
  abort.abort();
  const { code } = await run.end;
  // It was still waiting.
  if (code !== 130) throw new Error(`exit ${code}: ${run.said()}`);
  return delaysOf(watch);
}

async function allHealthy(): Promise<number> {
  await using lab = await startFlow({ bmcs: BMCS });
  const { code, seconds, stderr } = await pitboot(lab, ["run"]);
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return seconds;
}

function delaysOf({ nodes }: Watch): number[] {
  return [...nodes.values()].flatMap(({ leased, served }) =>
    leased === null || served === null ? [] : [(served - leased) / 1000]
  );
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}

function inMs(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}
