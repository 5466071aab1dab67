/**
 * Gathers the events of a file, and names what is none.
 *
 * @module
 */

import { type NightEvent, readNightEvent } from "./night_event.ts";

/** A line of a file, counted from 1; `null` for one that is too long to be an event. */
interface EventLine {
  readonly number: number;
  readonly text: string | null;
  /** Whether it has an end. */
  readonly isWhole: boolean;
}

/** The most faults of a file that are told each. */
const MOST_TOLD = 5;
/** The most events of a file: a night of 10,000 nodes has a tenth of it. */
const MOST_EVENTS = 500_000;

/** Takes the lines of a file of events. */
export class EventReader {
  readonly events: NightEvent[] = [];
  readonly #told: string[] = [];
  #foreign = 0;
  #surplus = 0;

  /** Takes the next line. */
  add({ number, text, isWhole }: EventLine): void {
    if (text !== null && text.trim() === "") return;
    const event = text === null ? null : readNightEvent(text);
    if (!event) this.#name({ number, text, isWhole });
    else if (this.events.length < MOST_EVENTS) this.events.push(event);
    else this.#surplus++;
  }

  /** What is wrong with the file, in words. */
  get faults(): string[] {
    const more = this.#foreign - this.#told.length;
    return [
      ...this.#told,
      ...more > 0 ? [`${more} more lines are no events`] : [],
      ...this.#surplus > 0 ? [`${this.#surplus} more events are left out`] : [],
    ];
  }

  #name({ number, text, isWhole }: EventLine): void {
    this.#foreign++;
    if (this.#told.length >= MOST_TOLD) return;
    const words = text === null ? "is too long to be an event" : isWhole
      // What it is is not said: of a wrong file, a password may stand in it.
      ? "is not an event"
      : "is torn: it has no end";
    this.#told.push(`line ${number} ${words}`);
  }
}
