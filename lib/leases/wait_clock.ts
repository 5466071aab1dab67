/**
 * How long to wait for leases.
 *
 * @module
 */

import type { Listener } from "../document/event.ts";
import type { Context } from "../io/context.ts";

/** How long to wait. */
export interface WaitTimes {
  /** Seconds until the wait is over. */
  readonly timeout: number;
  /** Seconds without news that are a long time. */
  readonly grace: number;
}

/** What ends a wait, besides all that is waited for. */
export interface WaitEnds extends WaitTimes {
  /** Resolves when the clock is to run, to `false` if the wait is over then. */
  readonly told: Promise<boolean>;
  /** Tells whether a long time without news ends it: nobody who is missing can come. */
  isHopeless(): boolean;
}

/** Whose clock it is, and who is told when it begins to run. */
export interface ClockHost {
  readonly context: Pick<Context, "signal" | "listen" | "elapsed">;
  readonly emit: Listener;
  /** Milliseconds that count already when it begins to run. */
  readonly waited: number;
}

/**
 * The clock of a wait: it runs from the moment when all BMCs were switched to DHCP. It
 * does not go by the date, which somebody may set during an install.
 */
export class WaitClock {
  readonly #host: ClockHost;
  readonly #isHopeless: () => boolean;
  readonly #timeout: number;
  readonly #grace: number;
  readonly #told = new AbortController();
  /** When it began to run; `null` if it does not yet. */
  #begin: number | null = null;
  #news: number;

  /**
   * @param ends What ends the wait.
   * @param host Whose clock it is.
   */
  constructor({ told, timeout, grace, isHopeless }: WaitEnds, host: ClockHost) {
    this.#host = host;
    this.#isHopeless = isHopeless;
    this.#timeout = timeout * 1000;
    this.#grace = grace * 1000;
    this.#news = this.#now;
    told.then((isWorthIt) => {
      this.#begin = isWorthIt ? this.#now - host.waited : -Infinity;
      this.hearNews();
      const isOn = isWorthIt && !host.context.signal.aborted;
      if (isOn) host.emit({ what: "counting", left: this.secondsLeft() ?? 0 });
      this.#told.abort();
    });
  }

  /** Aborted when it begins to run. */
  get whenTold(): AbortSignal {
    return this.#told.signal;
  }

  /** Whether it runs. */
  get isRunning(): boolean {
    return this.#begin !== null;
  }

  /** Something has happened. */
  hearNews(): void {
    this.#news = this.#now;
  }

  /** Whether nothing has happened for long. */
  get isWithoutNews(): boolean {
    return this.isRunning && this.#now - this.#news >= this.#grace;
  }

  /** Milliseconds until it is over. */
  get untilOver(): number {
    return this.#begin === null ? Infinity : Math.max(this.#begin + this.#timeout - this.#now, 0);
  }

  /** Whether it was over as soon as it began to run. */
  get isPointless(): boolean {
    return this.#begin === -Infinity;
  }

  /** Whether it is over. */
  get isOver(): boolean {
    return this.untilOver === 0;
  }

  /** Seconds until the wait ends, one way or the other; `null` if it does not run yet. */
  secondsLeft(): number | null {
    if (this.#begin === null) return null;
    const untilGivenUp = this.#isHopeless() ? this.#news + this.#grace - this.#now : Infinity;
    return Math.max(Math.ceil(Math.min(this.untilOver, untilGivenUp) / 1000), 0);
  }

  /** Seconds since it began to run. */
  secondsWaited(): number {
    const since = this.#begin ?? this.#now;
    return since === -Infinity ? 0 : Math.floor((this.#now - since) / 1000);
  }

  get #now(): number {
    return this.#host.context.elapsed();
  }
}
