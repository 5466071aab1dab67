/**
 * A clock that stands still while this process does not run: stopped by ^Z, or with its
 * whole machine. Nobody is late for what nobody could hear.
 *
 * @module
 */

import type { Later } from "./within.ts";

/** How often the clock is looked at while somebody waits. */
const BEAT_MS = 500;
/** A machine that is busy lets each of its processes wait; this long is no wait. */
const STOP_MS = 1000;

/** The clock of the system. */
export interface SystemClock {
  /** Milliseconds since some moment. */
  now(): number;
  readonly later: Later;
}

/** A clock, and its timers. */
export class RunningClock {
  readonly #system: SystemClock;
  /** Milliseconds that do not count. */
  #lost = 0;
  /** When it is looked at next; `Infinity` while nobody waits, and nothing tells of a stop. */
  #nextBeat = Infinity;
  #endBeat = (): void => {};
  #waiting = 0;

  /** @param system The clock of the system. */
  constructor(system: SystemClock) {
    this.#system = system;
  }

  /** Milliseconds since some moment, but for those in which this process did not run. */
  readonly elapsed = (): number => {
    const now = this.#system.now();
    if (now - this.#nextBeat > STOP_MS) {
      this.#lost += now - this.#nextBeat;
      this.#nextBeat = now;
    }
    return now - this.#lost;
  };

  /** Does something after so many milliseconds of this clock. */
  readonly later: Later = (milliseconds, act) => {
    if (milliseconds === Infinity) return () => {};
    if (this.#waiting++ === 0) this.#beat();
    const due = this.elapsed() + milliseconds;
    let isOver = false;
    const end = (): void => {
      if (!isOver && --this.#waiting === 0) this.#rest();
      isOver = true;
    };
    let stop = (): void => {};
    const wait = (left: number): void => void (stop = this.#system.later(left, ring));
    const ring = (): void => {
      const left = due - this.elapsed();
      if (left > 0) return wait(left);
      end();
      act();
    };
    wait(milliseconds);
    return () => {
      stop();
      end();
    };
  };

  #beat(): void {
    this.elapsed();
    this.#nextBeat = this.#system.now() + BEAT_MS;
    this.#endBeat = this.#system.later(BEAT_MS, () => this.#beat());
  }

  #rest(): void {
    this.#endBeat();
    this.#nextBeat = Infinity;
  }
}
