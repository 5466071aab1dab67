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
  readonly #timeout: number;
  readonly #grace: number;
  readonly #told = new AbortController();
  /** When it began to run; `null` if it does not yet. */
  #begin: number | null = null;
  #news: number;

  /**
   * @param times How long to wait; `told` resolves when the clock is to run, to `false`
   * if the wait is over then.
   * @param host Whose clock it is.
   */
  constructor(
    { told, timeout, grace }: WaitTimes & { readonly told: Promise<boolean> },
    host: ClockHost,
  ) {
    this.#host = host;
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

  /** Seconds until it is over; `null` if it does not run yet. */
  secondsLeft(): number | null {
    return this.#begin === null ? null : Math.ceil(this.untilOver / 1000);
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
