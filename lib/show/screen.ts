/**
 * The one owner of the terminal: a board of a few rows stands below whatever a
 * command prints, and is out of the way of all of it.
 *
 * The progress bars of @std/cli are no help: each owns one line of one stream, and
 * knows neither of other rows nor of what is printed meanwhile.
 *
 * @module
 */

import { clip } from "../text/lines.ts";
import type { Context, Output } from "../io/context.ts";

/**
 * Makes the rows of a board.
 *
 * @param columns The most characters of a row.
 */
export type Board = (columns: number) => readonly string[];

const [CLEAR_ROW, CLEAR_BELOW] = ["\x1b[K", "\x1b[J"];
/** Not all below at once: what is cleared from the top row on, tmux scrolls off the screen. */
const CLEAR_BOARD = `${CLEAR_ROW}\n${CLEAR_BELOW}\x1b[A`;
/** What happens at once is drawn at once. */
const SOON_MS = 40;
/** There are clocks on a board; and nobody tells us of a new size of the terminal. */
const TICK_MS = 1000;
/** How often to look whether we are in the foreground again: a child does that. */
const FOREGROUND_MS = 3000;

/** The terminal of a command. */
export class Screen implements Disposable {
  /** The world around the command, whose output keeps the board whole. */
  readonly context: Context;
  /**
   * Whether a board can be shown: on a terminal that can clear it. In a chain, or with
   * `| tee`, others write to the same terminal and know nothing of a board: there is
   * none, although standard error is that terminal.
   */
  readonly canShow: boolean;
  readonly #output: Output;
  readonly #signal: AbortSignal;
  readonly #hideForever = (): void => this[Symbol.dispose]();
  /** After ^Z the words of a shell stand where the board was; bg or fg made us go on. */
  readonly #goOn = (): void => {
    this.#keep([]);
    this.#isOurs = false;
    this.#lookAgain();
  };
  /** Whether we are in the foreground; `null` as long as nobody has asked. */
  #isOurs: boolean | null = null;
  #isLooking = false;
  #board: Board | null = null;
  #drawn: readonly string[] = [];
  /** Of the terminal when that was drawn. */
  #width = 0;
  /** What was printed last does not end its line: there is no place for a board. */
  #isOpenLine = false;
  #isAsking = false;
  /** Ends the clock of the board, if one runs. */
  #endTick: (() => void) | null = null;
  /** Prevents what is about to be drawn, if anything is. */
  #endSoon: (() => void) | null = null;

  /** @param context The world around a command. */
  constructor(context: Context) {
    const { stdin, stdout, stderr, signal } = context;
    this.canShow = stdout.isTerminal && stderr.isTerminal && context.env("TERM") !== "dumb";
    this.#output = stderr;
    this.#signal = signal;
    this.context = !this.canShow ? context : {
      ...context,
      stdin: { ...stdin, secret: (...words) => this.#ask(() => stdin.secret(...words)) },
      stdout: this.#wrap(stdout),
      stderr: this.#wrap(stderr),
    };
  }

  /**
   * Whether a board is shown: not in the background, where it would erase what others
   * print. To be asked once there is something to show.
   */
  get isShown(): boolean {
    return this.canShow && (this.#isOurs ??= this.context.listen().isForeground);
  }

  /**
   * Shows a board from now on, if it can be shown: soon, and again each second. At ^C
   * it goes away.
   */
  show(board: Board): void {
    if (!this.canShow || this.#signal.aborted) return;
    this.#board = board;
    if (this.#endTick === null) {
      this.#isOurs ??= this.context.listen().isForeground;
      this.#tick();
      this.#signal.addEventListener("abort", this.#hideForever);
      Deno.addSignalListener("SIGCONT", this.#goOn);
    }
    this.#drawSoon();
  }

  /** Takes the board away, without a trace. */
  [Symbol.dispose](): void {
    if (this.#endTick !== null) Deno.removeSignalListener("SIGCONT", this.#goOn);
    this.#endTick?.();
    this.#endSoon?.();
    this.#endTick = this.#endSoon = null;
    this.#signal.removeEventListener("abort", this.#hideForever);
    this.#board = null;
    this.#draw();
  }

  #wrap(output: Output): Output {
    return {
      ...output,
      write: (text) => {
        if (text === "") return;
        this.#isOpenLine = !text.endsWith("\n");
        // Both outputs are one terminal: one write, and nobody sees it without a board.
        const clear = this.#drawn.length > 0 ? this.#up() + CLEAR_BOARD : "";
        this.#keep(this.#rows());
        output.write(`${clear}${text}${this.#drawn.map((row) => `${row}\n`).join("")}`);
      },
    };
  }

  async #ask(secret: () => Promise<string>): Promise<string> {
    this.#isAsking = true;
    this.#draw();
    try {
      return await secret();
    } finally {
      this.#isAsking = false;
      this.#draw();
    }
  }

  #tick(): void {
    this.#endTick = this.context.later(this.#isOurs ? TICK_MS : FOREGROUND_MS, () => {
      this.#tick();
      // Not every shell says so when it takes us back.
      if (this.#isOurs) this.#drawSoon();
      else this.#lookAgain();
    });
  }

  async #lookAgain(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    ({ isForeground: this.#isOurs } = await this.context.job());
    this.#isLooking = false;
    if (this.#endTick !== null) this.#drawSoon();
  }

  /** Not at once at a tick either: after fg that comes before we hear of it. */
  #drawSoon(): void {
    this.#endSoon ??= this.context.later(SOON_MS, () => {
      this.#endSoon = null;
      // Of a terminal that is held by ^S: boards that nobody sees would pile up.
      if (!this.#output.isBehind()) this.#draw();
    });
  }

  #draw(): void {
    const rows = this.#rows();
    const isSame = rows.length === this.#drawn.length &&
      rows.every((row, i) => row === this.#drawn[i]);
    // What is the same is drawn over at the next tick after a resize: a row may have
    // been broken in two.
    if (isSame && this.#widest() < this.#output.columns()) return;
    const clear = this.#width === this.#output.columns() ? this.#up() : this.#upCleared();
    // A row that is cleared behind its end only is as long as ever where a terminal
    // breaks its rows anew.
    const text = rows.map((row, i) =>
      `${row.length < (this.#drawn[i]?.length ?? 0) ? CLEAR_ROW : ""}${row}${CLEAR_ROW}\n`
    ).join("");
    this.#output.write(clear + (rows.length > 0 ? text + CLEAR_BELOW : CLEAR_BOARD));
    this.#keep(rows);
  }

  #keep(rows: readonly string[]): void {
    this.#drawn = rows;
    this.#width = this.#output.columns();
  }

  #rows(): readonly string[] {
    if (this.#board === null || !this.#isOurs || this.#isOpenLine || this.#isAsking) return [];
    // In the last column some terminals begin a new row, and others do not.
    const columns = Math.max(this.#output.columns() - 1, 1);
    const most = Math.max(this.#output.rows() - 2, 0);
    return this.#board(columns).slice(0, most).map((row) => clip(row.trimEnd(), columns));
  }

  /** To where the board begins. */
  #up(): string {
    const height = this.#height();
    return height === 0 ? "" : `\r\x1b[${height}A`;
  }

  /** The same after a resize: rows that were broken must be known as one no longer. */
  #upCleared(): string {
    return this.#up() + `${CLEAR_ROW}\n`.repeat(this.#height()) + this.#up();
  }

  /** Terminals break the rows of a board that became too wide. */
  #height(): number {
    const columns = this.#output.columns();
    return this.#drawn
      .reduce((sum, { length }) => sum + Math.max(Math.ceil(length / columns), 1), 0);
  }

  #widest(): number {
    return Math.max(0, ...this.#drawn.map(({ length }) => length));
  }
}
