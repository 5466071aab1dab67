import { assert, assertEquals } from "@std/assert";
import { SHIM, testWith } from "../needs.ts";
import { sample } from "./plan_faults.ts";
import { faultTables, violationLines } from "./report.ts";
import { attemptsFor, makeBench, prepareAll, tryAll } from "./try_all.ts";

/** Which part of all faults is tried; `deno task faults` tries all. */
const COUNT = 150;
const SEED = 7;

testWith(`${COUNT} faults of all (seed ${SEED}) make nothing worse`, SHIM, async () => {
  using bench = await makeBench();
  const attempts = (await prepareAll(bench)).flatMap(attemptsFor);
  const outcomes = await tryAll(bench, sample(attempts, COUNT, SEED));
  assertEquals(outcomes.length, COUNT);
  // A fault that hits nothing throws; that they hit everything is seen here.
  const hits = new Set(outcomes.flatMap(({ hits }) => hits.map(({ kind }) => kind)));
  assert(["create", "write", "symlink", "rename", "unlink"].every((kind) => hits.has(kind)));
  const lines = violationLines(outcomes);
  assertEquals(lines, [], `\n${faultTables(outcomes)}\n${lines.join("\n")}`);
});
