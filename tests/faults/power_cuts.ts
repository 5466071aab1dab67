/**
 * Cuts the power of pitboot at work, and looks at what the disk has of it.
 *
 * @module
 */

import { faultViolations, isDone } from "./check.ts";
import { execute } from "./execute.ts";
import { copyDisk, cutPower, type Disk, makeDisk, restart, unmount } from "./power.ts";
import type { Fault } from "./shim.ts";
import { nameOf } from "./scenarios.ts";
import type { Start, StartName } from "./starts.ts";
import { copyTree, readTree } from "./tree.ts";
import { type Bench, describeFault, type Prepared, rerun } from "./try_fault.ts";

/** When the power goes. */
export interface Cut {
  readonly prepared: Prepared;
  /** `null`: right after the command has said that all is done. */
  readonly fault: Fault | null;
}

/** What became of it. */
export interface CutOutcome extends Cut {
  /** Whether the command had said that all is done. */
  readonly wasDone: boolean;
  readonly violations: readonly string[];
}

/**
 * Decides when the power goes: of five cuts one right after the command has said that
 * all is done, two at a call, and two up to two milliseconds after one.
 *
 * @param scenarios What is cut, in turn.
 * @param count How many cuts.
 * @param seed The same seed gives the same cuts.
 */
export function planCuts(scenarios: readonly Prepared[], count: number, seed: number): Cut[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, i): Cut[] => {
    // So that no scenario always gets the same kind.
    const prepared = scenarios[(i + Math.floor(i / scenarios.length)) % scenarios.length];
    if (!prepared) return [];
    const at = 1 + Math.floor(random() * prepared.calls.length);
    const delay = Math.floor(random() * 2000);
    const faults = [null, { at, way: "cut" }, { at, way: "later", delay }] as const;
    return [{ prepared, fault: faults[(i % 5 + 1) >> 1] ?? null }];
  }).flat();
}

/**
 * Cuts the power, restarts the disk, looks, runs again and looks again.
 *
 * @param bench Where.
 * @param cut When.
 * @param disk One with the tree that the scenario starts from.
 */
export async function tryCut(bench: Bench, cut: Cut, disk: Disk): Promise<CutOutcome> {
  const { prepared: { scenario, start, expectation }, fault } = cut;
  const { call, hits } = scenario;
  const copy = await copyDisk(disk, "cut");
  try {
    const pit = { ...start.pit, root: `${copy.place}/root` };
    const { code, stderr, calls, beside } = await execute(bench, pit, call, fault, {
      log: `${copy.place}.calls`,
      hits,
    });
    const wasDone = [{ code }, ...beside].every((each) => each.code === 0);
    if (fault?.way === "cut" && !calls.some(({ isHit }) => isHit)) {
      throw new Error(
        `${nameOf(scenario)} ${describeFault(fault)}: the power was not cut: ${stderr}`,
      );
    }
    // Where the process was faster than the cut, or nothing was to go wrong in it.
    if (wasDone) await cutPower(copy, bench.shim);
    await restart(copy);
    const tree = readTree(pit.root);
    const violations = faultViolations(tree, expectation);
    if (wasDone && !isDone(tree, expectation)) violations.push("what was done is not on the disk");
    violations.push(...await rerun(pit, scenario, { expectation, state: true }));
    return { ...cut, wasDone, violations };
  } finally {
    await unmount(copy);
    Deno.removeSync(copy.image);
  }
}

/** Makes a disk for each start. */
export async function makeDisks(
  { directory }: Bench,
  scenarios: readonly Prepared[],
): Promise<Map<StartName, Disk>> {
  const starts = new Map<StartName, Start>(
    scenarios.map(({ scenario, start }) => [scenario.start, start]),
  );
  const disks = new Map<StartName, Disk>();
  for (const [name, start] of starts) {
    const disk = await makeDisk(directory, name);
    copyTree(start.pit.root, `${disk.place}/root`);
    await unmount(disk);
    disks.set(name, disk);
  }
  return disks;
}

/** Numbers from 0 to 1 that look random and are the same for a seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
