/**
 * How long nodes have no script, as a row of the benchmark.
 *
 * @module
 */

// What tests bring about and see is measured here.
import { measureAway } from "../tests/faults/away.ts";
import { SHIM, whyNot } from "../tests/needs.ts";
import type { Row } from "./bench_binary.ts";

/** Switches 100 nodes to another release; no row where that cannot be seen. */
export async function awayRows(): Promise<Row[]> {
  const reason = whyNot(SHIM);
  if (reason) {
    console.error(reason);
    return [];
  }
  const times = await measureAway(100);
  const median = times[times.length >> 1] ?? NaN;
  return [{
    what: "run, 100 nodes switched, a script is away (median)",
    seconds: median / 1000,
    target: "",
  }];
}
