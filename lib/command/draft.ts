/**
 * The document while a command works on it.
 *
 * @module
 */

import type { Document } from "../document/document.ts";
import { outcomeOf } from "../document/outcome.ts";
import { problem, type ProblemCode, type ProblemDetails } from "../document/problems.ts";
import type { Reporter } from "./reporter.ts";

/** The document while stages add to it: what was done stays, come what may. */
export class Draft {
  #document: Document;
  #stage = "";
  readonly #report: Reporter;

  /**
   * @param document What the command was handed.
   * @param report Who shows problems as they come up.
   */
  constructor(document: Document, report: Reporter) {
    this.#document = document;
    this.#report = report;
  }

  /** The document as it is now; its status is that of its problems. */
  get document(): Document {
    return { ...this.#document, status: outcomeOf(this.#document).status };
  }

  /** Begins a stage. What it found wrong at an earlier time is settled anew. */
  begin(stage: string): void {
    this.#stage = stage;
    const problems = this.#document.problems.filter((each) => each.stage !== stage);
    this.add({ problems });
  }

  /** Adds keys, in place of older ones of that name. */
  add(keys: Partial<Document>): void {
    this.#document = { ...this.#document, ...keys };
  }

  /** Adds a problem and shows it, unless its words have been said already. */
  problem(code: ProblemCode, details: ProblemDetails, { show = true } = {}): void {
    const added = problem(this.#stage, code, details);
    this.add({ problems: [...this.#document.problems, added] });
    if (show) this.#report.problem(added);
  }
}
