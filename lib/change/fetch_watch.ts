/**
 * Looks in the log of the web server what becomes of nodes that are changed.
 *
 * @module
 */

import type { PlannedNode } from "../boot/planned_node.ts";
import type { Host } from "../command/host.ts";
import { orElse, type ProblemCode, type Report } from "../document/problems.ts";
import { staticsAt } from "../nodes/read_statics.ts";
import type { Statics } from "../nodes/statics.ts";
import type { BootLog } from "../progress/boot_log.ts";
import type { BootRequest } from "../progress/boot_request.ts";
import { fetchingProblems, isSwitched } from "./fetching_report.ts";
import { refusedProblems } from "./refused_report.ts";
import { BOOT_MINUTES } from "./still_fetching.ts";

/** Where that is told. */
export interface WatchPaths {
  readonly "access-log": string;
  readonly statics: string;
}

interface WatchHost {
  readonly root: Host["root"];
  readonly context: Pick<Host["context"], "env" | "now" | "signal">;
  readonly reporter: Pick<Host["reporter"], "detail">;
}

/** Results of nodes that are not to boot. */
const GOES: ReadonlySet<string> = new Set(["offline", "removed", "absent"]);

/** Who received something at a moment, in milliseconds since the epoch. */
interface Receivers {
  readonly at: number;
  readonly nodes: ReadonlySet<string>;
}

/** What was so that short a time ago is so. */
const STILL_SO_MS = 1000;

/** Looks at the log as often as nodes are changed, each time at what is new in it. */
export class FetchWatch {
  readonly #paths: WatchPaths;
  readonly #host: WatchHost;
  #log: BootLog | null = null;
  /** What was said, and of which node. */
  readonly #told = new Set<string>();
  #receivers: Receivers = { at: -Infinity, nodes: new Set() };

  /** @param host The file system, and the clock. */
  constructor(paths: WatchPaths, host: WatchHost) {
    this.#paths = paths;
    this.#host = host;
  }

  /**
   * Warns of nodes that are switched and in the middle of booting, and of nodes that the web
   * server refuses what they boot. A log that is missing or cannot be read is no problem:
   * not every web server has one.
   *
   * @param nodes What is planned.
   */
  async look(nodes: readonly PlannedNode[]): Promise<Report[]> {
    if (nodes.length === 0) return [];
    const { context, root } = this.#host;
    const log = this.#paths["access-log"];
    const now = context.now();
    const statics = orElse(() => staticsAt(root, this.#paths.statics), () => null);
    const requests = await this.#requests(statics, now);
    const fetching = { requests, receiving: await this.#receiving(nodes, statics, now) };
    return this.#once([
      ...fetchingProblems(this.#untold("node-fetching", nodes), fetching, { now, log }),
      ...refusedProblems(bootingNames(this.#untold("web-refused", nodes)), requests),
    ]);
  }

  /** One that failed is tried again, and looked at again. */
  #untold(code: ProblemCode, nodes: readonly PlannedNode[]): PlannedNode[] {
    return nodes.filter(({ wanted: { name } }) => !this.#told.has(`${code} ${name}`));
  }

  #once(reports: Report[]): Report[] {
    for (const [code, { nodes = [] }] of reports) {
      nodes.forEach((name) => this.#told.add(`${code} ${name}`));
    }
    return reports;
  }

  /** By node: from its own addresses, where it is known which these are. */
  async #requests(
    statics: Statics | null,
    now: number,
  ): Promise<ReadonlyMap<string, readonly BootRequest[]>> {
    const { root, reporter } = this.#host;
    // Only now: what is loaded takes its time.
    const [{ BootLog }, { requestsByNode }] = await Promise.all([
      import("../progress/boot_log.ts"),
      import("../progress/requests_by_node.ts"),
    ]);
    this.#log ??= new BootLog(root, this.#paths["access-log"]);
    const { requests, problems } = this.#log.look({ horizon: now - BOOT_MINUTES * 60_000, now });
    for (const problem of problems.filter((each) => !this.#told.has(each))) {
      reporter.detail(`cannot tell who is booting: ${problem}`);
      this.#told.add(problem);
    }
    return requestsByNode(requests, statics).nodes;
  }

  async #receiving(
    nodes: readonly PlannedNode[],
    statics: Statics | null,
    now: number,
  ): Promise<ReadonlySet<string>> {
    if (!statics || !nodes.some(isSwitched)) return new Set();
    // A run may set up many nodes within a second, one after another.
    if (Math.abs(now - this.#receivers.at) > STILL_SO_MS) {
      const { receivingNodes } = await import("./receiving_nodes.ts");
      this.#receivers = { at: now, nodes: await receivingNodes(statics, this.#host) };
    }
    return this.#receivers.nodes;
  }
}

/** Those that are to boot. */
function bootingNames(nodes: readonly PlannedNode[]): string[] {
  return nodes.filter(({ plan }) => !GOES.has(plan.change)).map(({ wanted: { name } }) => name);
}
