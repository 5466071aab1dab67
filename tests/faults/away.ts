/**
 * Measures how long the scripts of nodes are away while their links change.
 *
 * @module
 */

import { temporaryDirectory } from "../temporary.ts";
import { awayTimes, switchingPit, switchTo } from "./readers.ts";
import { buildShim } from "./shim.ts";
import { RELEASES } from "./starts.ts";

/**
 * Switches nodes a few times, on the disk of temporary files: a directory is
 * waited for until it is written, and that is most of the time.
 *
 * @param nodes How many.
 * @returns Milliseconds, sorted.
 */
export async function measureAway(nodes: number): Promise<number[]> {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  const bench = { directory, shim: await buildShim(directory) };
  Deno.mkdirSync(`${directory}/pit`);
  const pit = await switchingPit(`${directory}/pit`, nodes);
  const times: number[] = [];
  for (let i = 0; i < 6; i++) {
    const release = i % 2 === 0 ? RELEASES.newer : RELEASES.older;
    times.push(...awayTimes(await switchTo(bench, pit, release)));
  }
  return times.sort((a, b) => a - b);
}
