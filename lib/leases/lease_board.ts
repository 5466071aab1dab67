/**
 * Shows the progress of the wait for leases: a live line on a terminal, else a line
 * per change.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { nodesOf } from "../text/host_name.ts";
import { foldHosts } from "../text/host_range.ts";
import { clip } from "../text/table.ts";
import type { LeaseMatch } from "./match_leases.ts";
import type { Sight } from "./read_leases.ts";

const CLEAR_LINE = "\r\x1b[K";

/** What is waited for. */
export interface Goal {
  /** How many BMCs should have a lease. */
  readonly expected: number;
  /** The file of the leases. */
  readonly leases: string;
}

/** Shows the progress of the wait for leases. */
export class LeaseBoard implements Disposable {
  readonly #host: Host;
  readonly #goal: Goal;
  readonly #isLive: boolean;
  #leased: ReadonlySet<string> | null = null;
  #isThere = true;
  #isShown = false;

  /**
   * @param host Where to show it.
   * @param goal What is waited for.
   */
  constructor(host: Host, goal: Goal) {
    this.#host = host;
    this.#goal = goal;
    const { context: { env, stderr }, reporter } = host;
    this.#isLive = stderr.isTerminal && env("TERM") !== "dumb" &&
      !reporter.isQuiet;
  }

  /**
   * Shows where we are.
   *
   * @param match What the leases file says.
   * @param left Milliseconds until we give up.
   */
  update(match: Sight, left: number): void {
    const leased = new Set(match.leases.map(({ bmc }) => bmc));
    const count = `${leased.size} of ${this.#goal.expected}`;
    const lines = this.#changes(match, leased, count);
    if (lines.length > 0) this.#clear();
    for (const line of lines) this.#host.reporter.say(line);
    this.#leased = leased;
    this.#isThere = match.isThere;
    if (this.#isLive && match.missing.length > 0 && left > 0) {
      this.#draw(match, count, left);
    }
  }

  /** Clears the live line. */
  [Symbol.dispose](): void {
    this.#clear();
  }

  #changes({ leases, isThere }: Sight, leased: ReadonlySet<string>, count: string): string[] {
    const before = this.#leased;
    if (!isThere) {
      // One sentence in place of one for each BMC.
      const path = this.#goal.leases;
      return this.#isThere
        ? [`${path} is not there: no leases yet (systemctl status dnsmasq)`]
        : [];
    }
    const came = leases.filter(({ bmc }) => before && !before.has(bmc));
    const went = [...before ?? []].filter((bmc) => !leased.has(bmc));
    return [
      ...came.map(({ bmc, ip }) => `${bmc} has a lease: ${ip} (${count})`),
      ...went.map((bmc) => `${bmc} has lost its lease (${count})`),
    ];
  }

  #draw({ missing }: LeaseMatch, count: string, left: number): void {
    const { stderr } = this.#host.context;
    const seconds = Math.ceil(left / 1000);
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const nodes = foldHosts(nodesOf(missing));
    const line = `${count} BMCs have a lease, ${clock} left, waiting for ${nodes}`;
    stderr.write(CLEAR_LINE + clip(line, stderr.columns() - 1));
    this.#isShown = true;
  }

  #clear(): void {
    if (this.#isShown) this.#host.context.stderr.write(CLEAR_LINE);
    this.#isShown = false;
  }
}
