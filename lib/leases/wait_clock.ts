/**
 * How long to wait for leases.
 *
 * @module
 */

import type { Host } from "../command/host.ts";

/**
 * The clock of a wait: it runs from the moment on when all BMCs were told to ask for
 * a lease. Not by the date, which somebody may set during an install.
 */
export class WaitClock {
  readonly #host: Host;
  readonly #timeout: number;
  readonly #grace: number;
  readonly #told = new AbortController();
  /** When it began to run; `null` if it does not yet. */
  #begin: number | null = null;
  #news: number;

  /**
   * @param company `told`: resolves when it is to run, to `false` if it is over then.
   * @param limits Seconds until it is over, and without news until that is for long.
   * @param host The time.
   */
  constructor(
    { told }: { readonly told: Promise<boolean> },
    { timeout, grace }: { readonly timeout: number; readonly grace: number },
    host: Host,
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
