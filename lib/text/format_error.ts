/**
 * The one error that all readers throw: input that is not of its format.
 *
 * @module
 */

/** Where in which input a reader stopped. */
export interface Place {
  /** What to call the input, for instance `/etc/conman.conf`. */
  readonly file: string;
  /** Counted from 1; left out where the input has no lines. */
  readonly line?: number;
}

/**
 * Input that is not of its format. The message begins with the place, as
 * compilers write it: `/etc/conman.conf:12: …`.
 *
 * @example
 * ```ts
 * import { FormatError } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new FormatError("no such key", { file: "a.conf", line: 3 });
 * assertEquals(error.message, "a.conf:3: no such key");
 * ```
 */
export class FormatError extends SyntaxError {
  /** Tells it from other errors. */
  override readonly name = "FormatError";
  /** Where the reader stopped. */
  readonly place: Place;

  /**
   * Puts the place before the complaint.
   *
   * @param complaint What was expected and what was found.
   * @param place Where it was found.
   */
  constructor(complaint: string, place: Place) {
    const { file, line } = place;
    super(`${file}${line === undefined ? "" : `:${line}`}: ${complaint}`);
    this.place = place;
  }
}
