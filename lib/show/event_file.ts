/**
 * Writes events to a file, for programs.
 *
 * @module
 */

import { reasonOf } from "../io/failures.ts";
import { type Event, eventLine } from "../document/event.ts";

/** Where events come from. */
export interface EventSource {
  /** The name of the command. */
  readonly command: string;
  /** Tells the milliseconds since the epoch. */
  readonly now: () => number;
}

/** What is needed of an open file. */
type AppendedFile = Pick<Deno.FsFile, "writeSync" | "statSync" | "truncateSync" | "close">;

/** Opens files to write behind their ends. */
export interface Appender {
  /**
   * Opens a file, and makes it if there is none.
   *
   * @param path As seen from inside.
   * @param options `advice`: what to do if it cannot be written.
   * @throws {Failure} If it cannot be written, or is not a regular file.
   */
  append(path: string, options: { readonly advice: string }): AppendedFile;
}

/** A file that takes events, one JSON object a line. */
export class EventFile implements Disposable {
  readonly #path: string;
  readonly #file: AppendedFile;
  readonly #source: EventSource;
  #fault: string | null = null;

  /**
   * Opens the file; what is in it stays.
   *
   * @param root Opens the file.
   * @param path The file, as seen from inside.
   * @param source Where the events come from.
   * @throws {Failure} If it cannot be written, or is not a regular file.
   */
  constructor(root: Appender, path: string, source: EventSource) {
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
