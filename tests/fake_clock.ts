/**
 * A clock that goes on only when a test says so.
 *
 * @module
 */

import type { Later } from "../lib/io/within.ts";

interface Timer {
  readonly at: number;
  readonly act: () => void;
}

/** A clock, and its timers. */
export class FakeClock {
  #now = 0;
  #timers: readonly Timer[] = [];

  /** Milliseconds since it was made. */
  readonly elapsed = (): number => this.#now;

  /** Sets a timer. */
  readonly later: Later = (milliseconds, act) => {
    const timer = { at: this.#now + milliseconds, act };
    this.#timers = [...this.#timers, timer];
    return () => this.#timers = this.#timers.filter((each) => each !== timer);
  };

  /** How many timers are set. */
  get waiting(): number {
    return this.#timers.filter(({ at }) => at < Infinity).length;
  }

  /** Lets time go by; what is due happens in its order, each at its time. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settled();
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = next.at;
      next.act();
    }
    this.#now = end;
  }
}

/** Lets all happen that waits for nothing but promises. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}
