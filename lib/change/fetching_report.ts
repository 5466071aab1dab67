/**
 * Which nodes are in the middle of booting while what they boot is switched.
 *
 * The order of the steps keeps a node that starts from a mix of two images. A
 * node that has fetched its kernel before them and fetches its root filesystem
 * after them gets one: nothing on disk can prevent that, so it is said.
 *
 * @module
 */

import { stateAfter, stateBefore } from "../boot/boot_state.ts";
import { LINK_NAMES, SCRIPT } from "../boot/boot_tree.ts";
import { hasSteps } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import type { Report } from "../document/problems.ts";
import type { BootRequest } from "../progress/boot_request.ts";
import { foldHosts } from "../text/host_range.ts";
import { halfBoot } from "./still_fetching.ts";

/** What the web server tells of nodes. */
export interface Fetching {
  /** By node: what it asked for itself. */
  readonly requests: ReadonlyMap<string, readonly BootRequest[]>;
  /** The nodes to which the web server sends something now. */
  readonly receiving: ReadonlySet<string>;
}

/** The names of files that a node has before its root filesystem. */
const FILE_NAMES = [
  ["script", SCRIPT],
  ["initrd", LINK_NAMES.initrd],
  ["kernel", LINK_NAMES.kernel],
] as const;

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
 * Warns of nodes that are switched and may fetch what does not fit to what they have.
 *
 * @param nodes What is planned.
 * @param fetching What the web server tells.
 * @param options `now`: milliseconds since the epoch; `log`: where the log is.
 */
export function fetchingProblems(
  nodes: readonly PlannedNode[],
  { requests, receiving }: Fetching,
  { now, log }: { readonly now: number; readonly log: string },
): Report[] {
  const switched = nodes.filter(isSwitched).map(({ wanted: { name } }) => name).sort();
  const halves = switched.flatMap((name) => {
    const half = halfBoot(requests.get(name) ?? [], now);
    return half ? [{ name, ...half }] : [];
  });
  const busy = switched.filter((name) => receiving.has(name));
  const names = [...new Set([...halves.map(({ name }) => name), ...busy])].sort();
  if (names.length === 0) return [];
  const files = FILE_NAMES.filter(([file]) => halves.some((half) => half.files.includes(file)));
  const age = Math.max(...halves.map(({ since }) => now - since));
  const minutes = Math.max(Math.ceil(age / 60_000), 1);
  const fetched = `${foldHosts(halves.map(({ name }) => name))} fetched ${
    files.map(([, name]) => name).join(", ")
  } within the last ${minutes} minutes, and no root filesystem since`;
  const words = [
    ...halves.length > 0 ? [fetched] : [],
    ...busy.length > 0 ? [`the web server is sending to ${foldHosts(busy)}`] : [],
  ];
  return [["node-fetching", {
    message: `${
      words.join("; ")
    }: they may be booting, and what they fetch next may not match what they already have`,
    hint: `wait until they are up, then restart them; tail -f ${log} shows what they still fetch`,
    nodes: names,
  }]];
}
