/**
 * The document while a command works on it.
 *
 * @module
 */

import { type Document, EMPTY_DOCUMENT, type Problem } from "../document/document.ts";
import { outcomeOf } from "../document/outcome.ts";
import {
  problem,
  type ProblemCode,
  type ProblemDetails,
  type Report,
} from "../document/problems.ts";

/** The document while stages add to it: what was done stays, even after an error. */
export class Draft {
  #document: Document = EMPTY_DOCUMENT;
  #stage = "";
  readonly #show: (problem: Problem) => void;

  /** @param show Shows problems as they come up. */
  constructor(show: (problem: Problem) => void) {
    this.#show = show;
  }

  /** The document as it is now; its status is that of its problems. */
  get document(): Document {
    return { ...this.#document, status: outcomeOf(this.#document).status };
  }

  /**
   * Begins a stage. Its problems of an earlier run are dropped.
   *
   * @param stage Its name.
   * @param document What it was handed, if that is not what is here.
   */
  begin(stage: string, document: Document = this.#document): void {
    this.#stage = stage;
    const problems = document.problems.filter((each) => each.stage !== stage);
    this.#document = { ...document, problems };
  }

  /** Adds keys, in place of older ones of that name. */
  add(keys: Partial<Document>): void {
    this.#document = { ...this.#document, ...keys };
  }

  /** Adds problems, and shows them. */
  reportAll(reports: readonly Report[]): void {
    for (const [code, details] of reports) this.report(code, details);
  }

  /** Adds a problem, and shows it. */
  report(code: ProblemCode, details: ProblemDetails): void {
    const added = problem(this.#stage, code, details);
    this.add({ problems: [...this.#document.problems, added] });
    this.#show(added);
  }
}
