/**
 * The whole of a terminal, as long as somebody watches.
 *
 * @module
 */

import { printable } from "../text/printable.ts";
import { clip } from "../text/lines.ts";
import type { Output } from "../io/context.ts";

/** The other screen of a terminal, which has no scrollback, without a cursor. */
const ENTER_SCREEN = "\x1b[?1049h\x1b[?25l";
const LEAVE_SCREEN = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/**
 * Shows lines in place of what a terminal shows, once there are some. In the end that
 * comes back, and the last lines stay below it.
 */
export class FullScreen implements Disposable {
  readonly #output: Output;
  #last: readonly string[] = [];
  #isEntered = false;

  /** @param output A terminal. */
  constructor(output: Output) {
    this.#output = output;
  }

  /**
   * Shows lines in place of those before, as many as there is room for. One write:
   * nobody sees half of it.
   */
  show(lines: readonly string[]): void {
    const [rows, columns] = [this.#output.rows(), this.#output.columns()];
    this.#last = lines.map((line) => printable(line, Infinity));
    const isTall = lines.length > rows;
    const shown = this.#last.slice(0, isTall ? rows - 1 : rows);
    const more = isTall ? [`… and ${lines.length - shown.length} lines more`] : [];
    // What is left of an earlier size goes, too.
    const text = [...shown, ...more].map((line) => clip(line, columns) + CLEAR_LINE).join("\n");
    if (!this.#isEntered) this.#output.write(ENTER_SCREEN);
    this.#isEntered = true;
    this.#output.write(HOME + text + CLEAR_BELOW);
  }

  /** Gives the terminal back until there are lines again. */
  leave(): void {
    if (this.#isEntered) this.#output.write(LEAVE_SCREEN);
    this.#isEntered = false;
  }

  /** Leaves the terminal as it was. */
  [Symbol.dispose](): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    this.#output.write(LEAVE_SCREEN + this.#last.map((line) => `${line}\n`).join(""));
  }
}
