/**
 * Serves nodes whose BMCs have got a lease; those that failed for a reason that may pass
 * are tried again.
 *
 * @module
 */

import type { Context } from "../io/context.ts";
import type { Reporter } from "../show/reporter.ts";
import type { BmcLease } from "../document/document.ts";
import { failureOf, mayPass } from "../io/failures.ts";
import { pause } from "../io/within.ts";
import type { LinkSetter, Plans } from "../links/set_links.ts";
import { nodeOf } from "../text/host_name.ts";

/** How long to wait before the first nodes are tried again; then longer and longer. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** How long to wait for the last ones, when nobody else is waited for. */
const LAST_PAUSES_MS = [500, 1000, 1500];

/** The clock, and who is told. */
export interface ServerHost {
  readonly context: Pick<Context, "signal" | "elapsed" | "later">;
  readonly reporter: Pick<Reporter, "say">;
}

/** Serves nodes as their leases come. */
export class LeaseServer {
  readonly #setter: Pick<LinkSetter, "setMore">;
  readonly #plans: Plans;
  readonly #host: ServerHost;
  /** The leases of nodes to try again. */
  #left: readonly BmcLease[] = [];
  /** Why nothing could be recorded. */
  #fault: unknown = null;
  #pause = FIRST_PAUSE_MS;
  #due = 0;
  #said = "";

  /**
   * @param setter Sets nodes up.
   * @param plans What is planned for them.
   * @param host The clock, and who is told.
   */
  constructor(
    setter: Pick<LinkSetter, "setMore">,
    plans: Plans,
    host: ServerHost,
  ) {
    this.#setter = setter;
    this.#plans = plans;
    this.#host = host;
  }

  /** Whether what was thrown last came from here. */
  isServing = false;

  /**
   * Serves nodes, and those whose time it is to be tried again.
   *
   * @param fresh Their leases.
   * @throws {Failure} If nothing can be recorded, for a reason that does not pass.
   */
  serve = async (fresh: readonly BmcLease[]): Promise<void> => {
    const isDue = this.#left.length > 0 && this.#host.context.elapsed() >= this.#due;
    if (isDue || fresh.length > 0) await this.#serve([...this.#left, ...fresh]);
  };

  /** Tries the last ones a few times more, when nobody else is waited for. */
  async end(): Promise<void> {
    const { context: { signal, later } } = this.#host;
    for (const milliseconds of LAST_PAUSES_MS) {
      if (this.#left.length === 0 || signal.aborted) break;
      await pause(milliseconds, signal, later);
      await this.#serve(this.#left);
    }
    this.isServing = this.#fault !== null;
    if (this.#fault !== null) throw this.#fault;
  }

  async #serve(leases: readonly BmcLease[]): Promise<void> {
    if (this.#host.context.signal.aborted) return;
    this.isServing = true;
    const again = await this.#try(leases);
    this.isServing = false;
    const wasLeft = this.#left.length > 0;
    this.#left = leases.filter(({ bmc }) => again.has(nodeOf(bmc) ?? ""));
    if (this.#left.length === 0) return;
    this.#pause = wasLeft ? Math.min(2 * this.#pause, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    this.#due = this.#host.context.elapsed() + this.#pause;
  }

  async #try(leases: readonly BmcLease[]): Promise<ReadonlySet<string>> {
    this.#fault = null;
    try {
      return await this.#setter.setMore(leases, this.#plans);
    } catch (error) {
      if (!mayPass(error)) throw error;
      this.#fault = error;
      this.#say(failureOf(error).message);
      return new Set(leases.flatMap(({ bmc }) => nodeOf(bmc) ?? []));
    }
  }

  #say(message: string): void {
    if (message !== this.#said) this.#host.reporter.say(`${message}; pitboot tries it again`);
    this.#said = message;
  }
}
