/**
 * The document while a command works on it.
 *
 * @module
 */

import type { Bmc, Document, NodePower, Problem } from "../document/document.ts";
import { EMPTY_DOCUMENT } from "../document/empty_document.ts";
import type { Typed } from "../document/hint.ts";
import { outcomeOf } from "../document/outcome.ts";
import {
  problem,
  type ProblemCode,
  type ProblemDetails,
  type Report,
} from "../document/problems.ts";
import { failureOf } from "../io/failures.ts";
import type { Reporter } from "../show/reporter.ts";

/** The document while stages add to it: what was done stays, even after an error. */
export class Draft {
  readonly #shared: { document: Document };
  #stage = "";
  readonly #tell: (problem: Problem) => void;
  readonly #typed: Typed;

  /**
   * @param tell Takes problems as they come up.
   * @param typed Writes the commands of their hints.
   * @param shared What others write to, too.
   */
  constructor(
    tell: (problem: Problem) => void,
    typed: Typed,
    shared: { document: Document } = { document: EMPTY_DOCUMENT },
  ) {
    this.#tell = tell;
    this.#typed = typed;
    this.#shared = shared;
  }

  /** The document as it is now; its status is that of its problems. */
  get document(): Document {
    const { document } = this.#shared;
    return { ...document, status: outcomeOf(document).status };
  }

  /**
   * Begins a stage that runs beside others.
   *
   * @param stage Its name.
   * @returns The same document, for that stage.
   */
  beside(stage: string): Draft {
    const draft = new Draft(this.#tell, this.#typed, this.#shared);
    draft.begin(stage);
    return draft;
  }

  /**
   * Begins a stage. Its problems of an earlier run are dropped.
   *
   * @param stage Its name.
   * @param document What it was handed, if that is not what is here.
   */
  begin(stage: string, document: Document = this.#shared.document): void {
    this.#stage = stage;
    const problems = document.problems.filter((each) => each.stage !== stage);
    this.#shared.document = { ...document, problems };
  }

  /** Adds keys, in place of older ones of that name. */
  add(keys: Partial<Document>): void {
    this.#shared.document = { ...this.#shared.document, ...keys };
  }

  /** Puts entries among those of a key, sorted by node, in place of older ones. */
  merge<K extends "bmcs" | "power">(key: K, added: NonNullable<Document[K]>): void {
    const entries: readonly (Bmc | NodePower)[] = [...this.#shared.document[key] ?? [], ...added];
    const byNode = new Map(entries.map((each) => [each.node, each]));
    this.add({ [key]: [...byNode.values()].sort((a, b) => a.node < b.node ? -1 : 1) });
  }

  /** Adds problems, and tells of them. */
  reportAll(reports: readonly Report[]): void {
    for (const [code, details] of reports) this.report(code, details);
  }

  /** Adds a problem, and tells of it. */
  report(code: ProblemCode, details: ProblemDetails): void {
    const added = problem(this.#stage, code, details, this.#typed);
    this.add({ problems: [...this.#shared.document.problems, added] });
    this.#tell(added);
  }

  /**
   * Adds the problem that an error is, and tells of it.
   *
   * @param error What was caught.
   * @param reporter Shows where it comes from, with `--verbose`.
   */
  fail(error: unknown, reporter: Pick<Reporter, "trace">): void {
    const { code, details } = failureOf(error);
    this.report(code, details);
    reporter.trace(error);
  }
}
