/**
 * Which nodes are in the middle of booting while what they boot is switched.
 *
 * The order of the steps keeps a node that starts from a mix of two images. A
 * node that has fetched its kernel before them and fetches its root filesystem
 * after them gets one: nothing on disk can prevent that, so it is said.
 *
 * @module
 */

import type { Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";
import { BOOT_FILES, type Fetch } from "./access_log.ts";
import { stateAfter, stateBefore } from "./boot_state.ts";
import { hasSteps } from "./plan_steps.ts";
import type { PlannedNode } from "./planned_node.ts";

/** A node has fetched all that it boots by then, or gave up. */
const WINDOW_MINUTES = 10;

/**
 * Tells whether a node will boot something else after the change: a file that
 * only gets another time or owner does not count.
 *
 * @param node What is planned for it.
 */
export function isSwitched(node: PlannedNode): boolean {
  const [before, after] = [stateBefore(node), stateAfter(node)];
  return hasSteps(node.plan) && JSON.stringify(before) !== JSON.stringify(after);
}

/**
 * Warns of nodes that are switched and fetched files a moment ago.
 *
 * @param nodes What is planned.
 * @param fetches What the web server's log says.
 * @param options `now`: milliseconds since the epoch; `log`: where the log is.
 */
export function fetchingProblems(
  nodes: readonly PlannedNode[],
  fetches: readonly Fetch[],
  { now, log }: { now: number; log: string },
): Report[] {
  const switched = new Set(nodes.filter(isSwitched).map(({ wanted }) => wanted.name));
  // On either side of now: somebody may have set the clock.
  const recent = fetches.filter(({ node, at }) =>
    switched.has(node) && Math.abs(now - at) <= WINDOW_MINUTES * 60_000
  );
  if (recent.length === 0) return [];
  const names = [...new Set(recent.map(({ node }) => node))].sort();
  const files = BOOT_FILES.filter((file) => recent.some((fetch) => fetch.file === file));
  return [["node-fetching", {
    message: `${foldHosts(names)} fetched ${
      files.join(", ")
    } within the last ${WINDOW_MINUTES} minutes and may be booting: what they fetch next may not match what they already have`,
    hint: `wait until they are up, then restart them; tail -f ${log} shows what they still fetch`,
    nodes: names,
  }]];
}
