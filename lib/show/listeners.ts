/**
 * Who listens to the events of a stage: the handbook's lines, the board, the lines
 * of progress, the verdict, the problems, and a file for programs.
 *
 * @module
 */

import type { BmcState, BootNode, NodePower, Problem } from "../document/document.ts";
import type { ProblemCode } from "../document/problems.ts";
import type { boardRows } from "./board_rows.ts";
import { TOLD_BY_STATE } from "../document/summary.ts";
import { type Context, type Output, OutputError } from "../io/context.ts";
import type { Event } from "../document/event.ts";
import type { Appender, EventFile } from "./event_file.ts";
import { handbookLines, TOLD_BY_HANDBOOK } from "./handbook.ts";
import { noProgress, progressAfter } from "./progress.ts";
import { progressTeller } from "./progress_lines.ts";
import type { Reporter } from "./reporter.ts";
import type { Screen } from "./screen.ts";
import { verdictLines } from "./verdict_lines.ts";

/** Problems whose nodes and causes are in the verdict. */
const TOLD_BY_VERDICT: ReadonlySet<string> = new Set<ProblemCode>([
  "bmc-unreachable",
  "bmc-failed",
  "bmc-unknown",
  "bmc-denied",
  "leases-missing",
  "node-failed",
  "nodes-failed",
  "nodes-none",
]);
const VERDICT_WIDTH = 80;

/** Where a command is seen. */
export interface Stage {
  readonly context: Pick<Context, "name" | "stderr" | "now" | "elapsed">;
  readonly root: Appender;
  readonly reporter: Pick<Reporter, "isQuiet" | "say" | "problem" | "error" | "verdict">;
  readonly screen: Pick<Screen, "canShow" | "isShown" | "show">;
}

/** How a command tells of its work. */
export interface Telling {
  /** The name of the command. */
  readonly command: string;
  /** Where the handbook's lines go; `null` if there shall be none. */
  readonly handbook: Output | null;
  /** Whether a table shows the states of nodes. */
  readonly showsState?: boolean;
  /** Whether a verdict may end it. */
  readonly hasVerdict: boolean;
  /** Whether it contacts BMCs: else, in a chain, another command may have done so. */
  readonly contactsBmcs: boolean;
}

/** Listens to the events of a command, and tells of them. */
export class Listeners implements Disposable {
  readonly #stage: Stage;
  readonly #telling: Telling;
  readonly #teller: ReturnType<typeof progressTeller>;
  #file: EventFile | null = null;
  /** Makes the rows of the board, if there is one. */
  #boardRows: typeof boardRows | null = null;
  #progress = noProgress();
  #held: Problem[] = [];
  #last: Event | null = null;
  #outputError: OutputError | null = null;
  #hasChanged = false;

  /**
   * @param stage Where to tell it.
   * @param telling What the command is, and whether it ends with a verdict.
   */
  constructor(stage: Stage, telling: Telling) {
    this.#stage = stage;
    this.#telling = telling;
    this.#teller = progressTeller(() => this.#hasBoard);
  }

  /** Gets ready to tell: to be called before the first event. */
  async begin(): Promise<void> {
    const { screen: { canShow }, reporter: { isQuiet } } = this.#stage;
    if (canShow && !isQuiet) ({ boardRows: this.#boardRows } = await import("./board_rows.ts"));
  }

  /**
   * Writes events to a file from now on.
   *
   * @throws {Failure} If it cannot be written.
   */
  async writeTo(path: string): Promise<void> {
    const { EventFile } = await import("./event_file.ts");
    const { context: { now }, root } = this.#stage;
    this.#file = new EventFile(root, path, { command: this.#telling.command, now });
  }

  /** Whether it has changed a BMC or a node; one that only waits has nothing to keep. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /** Why the file of events is not complete; `null` if it is, or if there is none. */
  get fault(): string | null {
    return this.#file?.fault ?? null;
  }

  /** Why standard output does not have all of the handbook's lines; `null` if it has. */
  get outputError(): OutputError | null {
    return this.#outputError;
  }

  /**
   * Takes what happens.
   *
   * @throws {OutputError} If standard output cannot be written, and nothing was begun yet.
   */
  readonly hear = (event: Event): void => {
    this.#file?.add(event);
    this.#hasChanged ||= isChange(event);
    if (event.what === "problem") return this.#hearProblem(event.problem);
    if (event.what === "refused" || event.what === "verdict") {
      this.#last = event;
      return;
    }
    const { context: { elapsed }, reporter, screen } = this.#stage;
    const before = this.#progress;
    // That the wait goes on a board says better.
    const isRepeated = event.what === "waiting" && before.leases !== null && this.#hasBoard;
    if (!isRepeated) this.#tellHandbook(event);
    const now = elapsed();
    this.#progress = progressAfter(before, event, now);
    const lines = this.#teller(event, this.#progress, now);
    for (const line of lines) reporter.say(this.#timeOfDay() + line);
    const { bmcs, leases } = this.#progress;
    const rowsOf = this.#boardRows;
    if (!rowsOf || !(bmcs || leases)) return;
    screen.show((columns) => rowsOf(this.#progress, columns, elapsed()));
  };

  /** Says last of all what came of it. */
  conclude(): void {
    const { context: { stderr }, reporter } = this.#stage;
    const last = this.#last;
    if (last?.what === "verdict") {
      const width = stderr.isTerminal ? stderr.columns() : VERDICT_WIDTH;
      return reporter.verdict(verdictLines(last, width));
    }
    for (const problem of this.#held) reporter.problem(problem);
    if (last?.what !== "refused") return;
    const { failed, checks } = last;
    const uncontacted = this.#telling.contactsBmcs ? "no BMC was contacted, " : "";
    reporter.error(`${failed} of ${checks} checks failed; ${uncontacted}nothing was changed`);
  }

  /** Closes the file of events. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }

  get #hasBoard(): boolean {
    return !this.#stage.reporter.isQuiet && this.#stage.screen.isShown;
  }

  /** What is read later has it; at a terminal somebody has a clock. */
  #timeOfDay(): string {
    const { now, stderr } = this.#stage.context;
    return stderr.isTerminal ? "" : `${new Date(now()).toISOString().slice(11, 19)} UTC `;
  }

  #tellHandbook(event: Event): void {
    const lines = handbookLines(event, this.#stage.context.name);
    try {
      this.#telling.handbook?.write(lines.map((line) => `${line}\n`).join(""));
    } catch (error) {
      const { bmcs, leases } = this.#progress;
      // No node is lost for a line once the work has begun.
      if (!(error instanceof OutputError) || !(bmcs || leases)) throw error;
      this.#outputError = error;
    }
  }

  #hearProblem(problem: Problem): void {
    const { handbook, hasVerdict, showsState } = this.#telling;
    if (showsState && problem.code === TOLD_BY_STATE) return;
    if (handbook && TOLD_BY_HANDBOOK.has(problem.code)) return;
    // Until it is known whether there is a verdict.
    if (hasVerdict && TOLD_BY_VERDICT.has(problem.code)) this.#held.push(problem);
    else this.#stage.reporter.problem(problem);
  }
}

/** Results that leave a BMC or a node as it was. */
const SAME: ReadonlySet<string> = new Set<BmcState | BootNode["change"] | NodePower["state"]>([
  "refused",
  "already",
  "unreachable",
  "denied",
  "failed",
  "skipped",
  "unchanged",
  "kept",
  "absent",
]);

function isChange(event: Event): boolean {
  if (event.what === "linked") return !SAME.has(event.change);
  if (event.what === "powered") return event.wish !== "status" && !SAME.has(event.power);
  return event.what === "asked" && !SAME.has(event.state);
}
