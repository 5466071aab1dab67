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

const CLEAR_LINE = "\r\x1b[K";

/** Shows the progress of the wait for leases. */
export class LeaseBoard implements Disposable {
  readonly #host: Host;
  readonly #expected: number;
  readonly #isLive: boolean;
  #leased: ReadonlySet<string> | null = null;
  #isShown = false;

  /**
   * @param host Where to show it.
   * @param expected How many BMCs should have a lease.
   */
  constructor(host: Host, expected: number) {
    this.#host = host;
    this.#expected = expected;
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
  update(match: LeaseMatch, left: number): void {
    const leased = new Set(match.leases.map(({ bmc }) => bmc));
    const came = match.leases.filter(({ bmc }) => this.#leased && !this.#leased.has(bmc));
    const went = [...this.#leased ?? []].filter((bmc) => !leased.has(bmc));
    const count = `${leased.size} of ${this.#expected}`;
    if (came.length > 0 || went.length > 0) this.#clear();
    for (const { bmc, ip } of came) {
      this.#host.reporter.say(`${bmc} has a lease: ${ip} (${count})`);
    }
    for (const bmc of went) {
      this.#host.reporter.say(`${bmc} has lost its lease (${count})`);
    }
    this.#leased = leased;
    if (this.#isLive && match.missing.length > 0 && left > 0) {
      this.#draw(match, count, left);
    }
  }

  /** Clears the live line. */
  [Symbol.dispose](): void {
    this.#clear();
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
