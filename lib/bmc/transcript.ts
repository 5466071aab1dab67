/**
 * What a process prints, as far as it is kept: a process may print without end.
 *
 * @module
 */

/** How many characters of its output are kept; the log of it has no more either. */
export const MOST_KEPT = 64 * 1024;
/** What stands in a log before each line: when, and of which BMC. */
const LINE_HEAD = 60;

/** Text that grows at its end; of a long one only the end is kept. */
export class RecentText {
  /** What is kept. */
  text = "";
  #dropped = 0;

  /** How long all of it is, what is not kept any more among it. */
  get length(): number {
    return this.#dropped + this.text.length;
  }

  /** Adds to its end. */
  add(more: string): void {
    this.text += more;
    // Not at each piece: each character is copied once or twice, however small they are.
    if (this.text.length > 2 * MOST_KEPT) this.#drop(this.text.length - MOST_KEPT);
  }

  /**
   * What came since its length was `since`, as far as it is kept.
   *
   * @param since An earlier {@linkcode length}.
   */
  since(since: number): string {
    return this.text.slice(Math.max(since - this.#dropped, 0));
  }

  /**
   * Takes what stands before a mark, and the mark.
   *
   * @returns What stood before it; `null` where there is no mark.
   */
  takeUntil(mark: string): string | null {
    const at = this.text.indexOf(mark);
    if (at < 0) return null;
    const before = this.text.slice(0, at);
    this.#drop(at + mark.length);
    return before;
  }

  #drop(count: number): void {
    this.text = this.text.slice(count);
    this.#dropped += count;
  }
}

/** Hands on whole lines of a text that comes in pieces, and not more than {@linkcode MOST_KEPT}. */
export class LineLog {
  readonly #log: (line: string) => void;
  #left = MOST_KEPT;
  #open = "";

  /** @param log Takes each line. */
  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Takes a piece; what has become a whole line, or is too long for one, is handed on. */
  add(piece: string): void {
    if (this.#left <= 0) return;
    const lines = (this.#open + piece).split("\n");
    this.#open = lines.pop() ?? "";
    for (const line of lines) this.write(line);
    if (this.#open.length <= MOST_KEPT) return;
    this.write(this.#open);
    this.#open = "";
  }

  /** Writes a line of its own. */
  write(line: string): void {
    if (this.#left <= 0) return;
    this.#log(line.slice(0, this.#left));
    this.#left -= line.length + LINE_HEAD;
    if (this.#left <= 0) this.#log("… it says more, which is not logged");
  }
}
