/**
 * Looks in the log of the web server for nodes that are booting.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import type { Report } from "../document/problems.ts";
import { reasonOf } from "../io/failures.ts";
import { readPart } from "../io/read_file.ts";
import type { Root } from "../io/root.ts";
import { parseAccessLog } from "../boot/access_log.ts";
import { fetchingProblems, isSwitched } from "../boot/fetching_report.ts";
import type { PlannedNode } from "../boot/planned_node.ts";

/** Some thousand requests: more than what nodes ask for in minutes. */
const TAIL_BYTES = 1024 * 1024;

/**
 * Warns of nodes that are switched and fetched files a moment ago. A log that is
 * missing or cannot be read is no problem: not every web server has one.
 *
 * @param nodes What is planned.
 * @param log Where the log is, as seen from inside.
 * @param host The file system, and the clock.
 */
export function fetchingNodes(
  nodes: readonly PlannedNode[],
  log: string,
  { root, context, reporter }: Pick<Host, "root" | "context" | "reporter">,
): Report[] {
  if (!nodes.some(isSwitched)) return [];
  try {
    const fetches = parseAccessLog(readTail(root, log));
    return fetchingProblems(nodes, fetches, { now: context.now(), log });
  } catch (error) {
    reporter.detail(`cannot tell who is booting: ${log}: ${reasonOf(error)}`);
    return [];
  }
}

function readTail(root: Root, log: string): string {
  using file = root.open(log);
  const { size } = file.statSync();
  return new TextDecoder().decode(readPart(file, Math.max(size - TAIL_BYTES, 0), TAIL_BYTES));
}
