/**
 * A look beside an attempt: it begins when the attempt has been silent for a moment, so
 * that it costs a BMC that answers nothing.
 *
 * @module
 */

import type { Later } from "../io/within.ts";

/** Milliseconds of silence: those that answer do so in a tenth of that, mostly. */
const MOMENT_MS = 2000;
/** Milliseconds for each turn of it. */
const TURN_MS = 500;
/** A crowd begins here: this machine itself takes its time then, and a look takes more of it. */
const NO_CROWD = 16;
/** Milliseconds for each one more. */
const EACH_MS = 50;

/** What it is bound to. */
export interface AsideOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Sets a timer. */
  readonly later: Later;
  /** How many may be asked at the same time. */
  readonly crowd: number;
}

/**
 * A look that begins later, if at all.
 *
 * Silence is waited for in turns, in each of which whatever is there is read: on a machine
 * that stands still now and then a clock alone would take its own silence for that of a BMC.
 */
export class LookAside<T> implements AsyncDisposable {
  readonly #look: (signal: AbortSignal) => Promise<T>;
  readonly #stopped = new AbortController();
  readonly #signal: AbortSignal;
  readonly #later: Later;
  #cancel = (): void => {};
  #seen: Promise<T> | null = null;

  /**
   * Sets the timer.
   *
   * @param look Looks.
   * @param options What it is bound to.
   */
  constructor(look: (signal: AbortSignal) => Promise<T>, { signal, later, crowd }: AsideOptions) {
    this.#look = look;
    this.#signal = AbortSignal.any([signal, this.#stopped.signal]);
    this.#later = later;
    this.#wait(MOMENT_MS + Math.max(crowd - NO_CROWD, 0) * EACH_MS);
  }

  /** What is seen; where it has not begun it begins now. */
  seen(): Promise<T> {
    this.#cancel();
    return this.#seen ??= this.#look(this.#signal);
  }

  #wait(left: number): void {
    this.#cancel = this.#later(Math.min(left, TURN_MS), () => {
      if (left > TURN_MS) return this.#wait(left - TURN_MS);
      // Whoever wants to know waits for it.
      this.seen().catch(() => {});
    });
  }

  /** Nobody wants to know any more. */
  stop(): void {
    this.#cancel();
    this.#stopped.abort();
  }

  /** Stops it; nothing that it has begun is there any more when this returns. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#seen?.catch(() => {});
  }
}
