/**
 * Tries many faults side by side.
 *
 * @module
 */

import { mapLimited } from "../lab/map_limited.ts";
import { planFaults } from "./plan_faults.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";
import { buildShim, type Fault } from "./shim.ts";
import { makeStart, type Start, type StartName } from "./starts.ts";
import {
  type Attempt,
  type Bench,
  type Outcome,
  prepare,
  type Prepared,
  tryFault,
} from "./try_fault.ts";

/** A place for faults that goes away at the end of its block. */
export async function makeBench(): Promise<Bench & Disposable> {
  // In memory where there is such a place: what is written there is never waited for.
  const directory = Deno.makeTempDirSync({
    prefix: "pitboot-faults-",
    ...(isDirectory("/dev/shm") ? { dir: "/dev/shm" } : {}),
  });
  return {
    directory,
    shim: await buildShim(directory),
    [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }),
  };
}

/** Makes the starts of scenarios, and runs each scenario undisturbed. */
export async function prepareAll(
  bench: Bench,
  scenarios: readonly Scenario[] = SCENARIOS,
): Promise<Prepared[]> {
  const starts = new Map<StartName, Start>();
  for (const name of new Set(scenarios.map(({ start }) => start))) {
    const directory = `${bench.directory}/${name}`;
    Deno.mkdirSync(directory);
    starts.set(name, await makeStart(directory, name));
  }
  return await mapLimited(scenarios, workers(), async (scenario) => {
    const start = starts.get(scenario.start);
    if (!start) throw new Error(`no start is called ${scenario.start}`);
    return await prepare(bench, scenario, start);
  });
}

/** Lists all that can be tried in a scenario. */
export function attemptsFor(prepared: Prepared): Attempt[] {
  const { first, errors } = prepared.scenario;
  if (!first) {
    return planFaults(prepared.calls, errors).map((fault) => ({ prepared, first: null, fault }));
  }
  // The second comes early for some, and late for others.
  return prepared.firstCalls.filter(({ n }) => n % 2 === 0).map(({ n }) => ({
    prepared,
    first: kill(n),
    fault: kill(1 + n * 7 % prepared.calls.length),
  }));
}

function kill(at: number): Fault {
  return { at, way: "kill" };
}

/** Tries faults, as many at once as there are processors. */
export async function tryAll(bench: Bench, attempts: readonly Attempt[]): Promise<Outcome[]> {
  return await mapLimited(attempts, workers(), (attempt) => tryFault(bench, attempt));
}

/** How many processes are to be at work at once. */
export function workers(): number {
  return navigator.hardwareConcurrency + 1;
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
