/**
 * Checks made before acting: all that a command will need is checked before anything
 * is done, and all problems are reported together.
 *
 * @module
 */

import { failureOf } from "../io/failures.ts";
import type { Listener } from "../document/event.ts";
import { type Context, OutputError } from "../io/context.ts";
import type { Reporter } from "../show/reporter.ts";
import type { Draft } from "./draft.ts";

/** Who ends the checks, and who is told of them. */
export interface CheckHost {
  readonly context: Pick<Context, "signal">;
  readonly reporter: Pick<Reporter, "trace">;
  readonly emit: Listener;
}

/** The checks of a command. */
export class Checks {
  #made = 0;
  readonly #failures = new Set<string>();
  readonly #host: CheckHost;

  /** @param host Who ends the checks, and who is told of them. */
  constructor(host: CheckHost) {
    this.#host = host;
  }

  /**
   * Makes a check: what fails becomes a problem, and the next check can be made.
   *
   * @param draft The document, for the stage that needs this.
   * @param work The check.
   * @returns What it found; `undefined` if it failed.
   * @throws What ended the command.
   */
  async make<T>(draft: Draft, work: () => T | Promise<T>): Promise<T | undefined> {
    const { context: { signal }, reporter } = this.#host;
    signal.throwIfAborted();
    this.#made++;
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || error instanceof OutputError) throw error;
      const { code, details } = failureOf(error);
      // Two stages may need the same file.
      if (this.#failures.has(details.message)) this.#made--;
      else draft.report(code, details);
      this.#failures.add(details.message);
      reporter.trace(error);
      return undefined;
    }
  }

  /** Whether one has failed so far. */
  get haveFailed(): boolean {
    return this.#failures.size > 0;
  }

  /** Ends the checks, and says so if one of them has failed. */
  havePassed(): boolean {
    if (this.#failures.size === 0) return true;
    this.#host.emit({ what: "refused", failed: this.#failures.size, checks: this.#made });
    return false;
  }
}
