/**
 * Writes events to a file, for programs.
 *
 * @module
 */

import { reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { type Event, eventLine } from "../document/event.ts";

/** Where events come from. */
export interface EventSource {
  /** The name of the command. */
  readonly command: string;
  /** Tells the milliseconds since the epoch. */
  readonly now: () => number;
}

/** A file that takes events, one JSON object a line. */
export class EventFile implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #source: EventSource;
  #fault: string | null = null;

  /**
   * Opens the file; what is in it stays.
   *
   * @param root The file system.
   * @param path The file, as seen from inside.
   * @param source Where the events come from.
   * @throws {Failure} If it cannot be written, or is not a regular file.
   */
  constructor(root: Root, path: string, source: EventSource) {
    this.#path = path;
    this.#source = source;
    this.#file = root.append(path, { advice: "name another file with --events" });
  }

  /** What went wrong since it was opened; `null` if all is in it. */
  get fault(): string | null {
    return this.#fault && `${this.#path} cannot be written: ${this.#fault}`;
  }

  /** Adds an event. What cannot be written never stops the work: see {@linkcode fault}. */
  add(event: Event): void {
    if (this.#fault !== null) return;
    const { command, now } = this.#source;
    const bytes = new TextEncoder().encode(`${eventLine(event, command, now())}\n`);
    let written = 0;
    try {
      // In one call, so that others may write to it, too.
      while (written < bytes.length) written += this.#file.writeSync(bytes.subarray(written));
    } catch (error) {
      this.#fault = reasonOf(error);
      if (written > 0) this.#takeBack(written);
    }
  }

  /** Half a line, which the next one would go on: no reader of JSON gets past that. */
  #takeBack(written: number): void {
    try {
      this.#file.truncateSync(this.#file.statSync().size - written);
    } catch {
      // The fault has been noted.
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
