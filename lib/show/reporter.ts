/**
 * What people read while a command runs: everything on standard error.
 *
 * @module
 */

import type { Problem } from "../document/document.ts";
import { Failure } from "../document/problems.ts";
import { FormatError } from "../text/format_error.ts";
import { hanging } from "../text/hanging.ts";
import { printable } from "../text/printable.ts";
import type { Context } from "../io/context.ts";

/** How much to say, and how. */
export interface ReportFlags {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: "auto" | "always" | "never";
}

const COLORS = { error: "31;1", warning: "33", hint: "2" } as const;

/** Writes messages for people. */
export class Reporter {
  readonly #context: Pick<Context, "env" | "stderr">;
  readonly #command: string;
  readonly #flags: ReportFlags;
  readonly #colored: boolean;

  /**
   * @param context Where to write.
   * @param command What every message begins with, for instance `pitboot run`.
   * @param flags How much to say.
   */
  constructor(context: Pick<Context, "env" | "stderr">, command: string, flags: ReportFlags) {
    this.#context = context;
    this.#command = command;
    this.#flags = flags;
    this.#colored = flags.color === "always" ||
      (flags.color === "auto" && context.stderr.isTerminal &&
        !context.env("NO_COLOR") && context.env("TERM") !== "dumb");
  }

  /** Whether only errors are shown. */
  get isQuiet(): boolean {
    return this.#flags.quiet;
  }

  /** Whether more is shown. */
  get isVerbose(): boolean {
    return this.#flags.verbose;
  }

  /** Says what goes on, unless `--quiet`. */
  say(message: string): void {
    if (!this.#flags.quiet) this.#write(this.#wrapped(`${this.#command}: `, message));
  }

  /** Says more, with `--verbose`. */
  detail(message: string): void {
    if (this.#flags.verbose) this.say(message);
  }

  /** With `--verbose`, shows where an unexpected error comes from. */
  trace(error: unknown): void {
    if (error instanceof Failure || error instanceof FormatError) return;
    if (error instanceof Error && error.stack) this.detail(error.stack);
  }

  /** Shows lines as they are, unless `--quiet`. */
  show(lines: readonly string[]): void {
    if (!this.#flags.quiet && lines.length > 0) {
      this.#write(lines.map((line) => `${clean(line)}\n`).join(""));
    }
  }

  /** Shows a problem: what it is, and what to do. Errors even with `--quiet`. */
  problem({ severity, message, hint }: Pick<Problem, "severity" | "message" | "hint">): void {
    if (this.#flags.quiet && severity !== "error") return;
    const head = `${severity}:`;
    const text = this.#wrapped(`${this.#command}: ${head} `, message);
    this.#write(text.replace(head, () => this.#paint(head, COLORS[severity])));
    if (hint) this.#write(this.#paint(`  hint: ${clean(hint)}\n`, COLORS.hint));
  }

  /** Shows an error, in one line. */
  error(message: string): void {
    this.problem({ severity: "error", message, hint: null });
  }

  /** Shows a verdict, also with `--quiet`: it is an error. */
  verdict(lines: readonly string[]): void {
    const [, head = "", rest = ""] = /^(NOT READY)?(.*)$/s.exec(lines.map(clean).join("\n")) ?? [];
    this.#write(`${this.#paint(head, COLORS.error)}${rest}\n`);
  }

  /** A terminal breaks lines within words. A hint may be a command, which is copied whole. */
  #wrapped(head: string, message: string): string {
    const { isTerminal, columns } = this.#context.stderr;
    const width = isTerminal ? columns() : Infinity;
    const [first = "", ...rest] = clean(message).split("\n");
    const lines = hanging(head, first, { width, indent: 4, breaksLists: true });
    return [...lines, ...rest].map((line) => `${line}\n`).join("");
  }

  #paint(text: string, color: string): string {
    return this.#colored ? text.replace(/^.*/, `\x1b[${color}m$&\x1b[0m`) : text;
  }

  #write(text: string): void {
    this.#context.stderr.write(text);
  }
}

/**
 * No escape sequence in foreign words reaches the terminal, and no line end makes a line
 * of them: rows of ours are indented.
 */
function clean(text: string): string {
  return text.split(/\n(?= {4})/).map((line) => printable(line, Infinity)).join("\n");
}
