/**
 * Turns a stage into a command: reads the document it is given, passes on one
 * that failed, and writes the result even if the stage fails.
 *
 * @module
 */

import {
  type DOCUMENT_OPTIONS,
  type EVENT_OPTIONS,
  type Manual,
  pathOptions,
} from "../cli/manual.ts";
import type { Flags, Options } from "../cli/options.ts";
import type { Document } from "../document/document.ts";
import { EMPTY_DOCUMENT } from "../document/empty_document.ts";
import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import { exitOf } from "../document/outcome.ts";
import { headline, summarise } from "../document/summary.ts";
import type { Verdict } from "../document/verdict.ts";
import { printable } from "../text/printable.ts";
import { OutputError } from "../io/context.ts";
import type { Command, CommandLine } from "./command.ts";
import { Draft } from "./draft.ts";
import type { Host } from "./host.ts";
import { Listeners } from "../show/listeners.ts";
import type { DocumentSource } from "./read_document.ts";
import { asksForDocument, writeDocument } from "./write_document.ts";

/** What every command that writes a document has among its options. */
type DocumentOptions = typeof DOCUMENT_OPTIONS & Options;

/** A stage, and how the command that is made of it behaves. */
export interface DocumentCommand<O extends DocumentOptions = DocumentOptions> extends Manual {
  /** With `input` among them it is handed a document, else it begins one. */
  readonly options: O;
  /** What to show of the document on a terminal. */
  readonly shows: Parameters<typeof summarise>[1];
  /** Whether it prints the handbook's lines in place of the document. */
  readonly printsHandbook?: boolean;
  /** Whether it only shows: a table wherever it goes, the document if that is asked for. */
  readonly onlyShows?: boolean;
  /** Whether no command of a chain reads what it writes: it shows what it did, as above. */
  readonly isAlone?: boolean;
  /** Whether it begins a document although it has `--input`. */
  readonly readsNothing?: boolean;
  /** Whether its `--timeout` does not end the wait for the document. */
  readonly timesItself?: boolean;
  /** Whether it contacts BMCs: where its checks fail, it says that none was contacted. */
  readonly contactsBmcs?: boolean;
  /** Says last of all, on standard error, who will not boot; `null` if there is nothing to say. */
  verdict?(document: Document, exit: ExitCode, host: Host): Verdict | null;
  /** Looks at the command line as a whole; throws a `UsageError`. */
  check?(line: CommandLine<O>): void;
  /**
   * Does the work. What it adds to the draft stays even if it throws. `operand`: the
   * argument, of a command that takes one. What it returns is called once its output is
   * written, if it was neither interrupted nor failed.
   */
  stage(
    draft: Draft,
    flags: Flags<O>,
    host: Host,
    operand: string | null,
  ): Promise<Afterwards> | Afterwards;
}

/** What is to be done once all output is written; nothing, mostly. */
export type Afterwards = (() => void) | void;

/**
 * Makes a command of a stage.
 *
 * @param spec The stage, its manual, and what to show of the document.
 */
export function documentCommand<O extends DocumentOptions>(spec: DocumentCommand<O>): Command<O> {
  return {
    ...spec,
    handsOn: handsOn(spec),
    run: (line, host) => {
      spec.check?.(line);
      return new StageRun(spec, line, host).run();
    },
  };
}

/** Whether its document goes into a pipe. */
function handsOn({ printsHandbook, onlyShows, isAlone }: DocumentCommand): boolean {
  return !(printsHandbook || onlyShows || isAlone);
}

/** What a command line may ask besides what it asks of every command. */
type StageFlags =
  & Flags<DocumentOptions>
  & Partial<Flags<typeof EVENT_OPTIONS> & Pick<DocumentSource, "input" | "timeout">>
  & { readonly nodes?: unknown; readonly "dry-run"?: unknown };

/** One run of a command, from the document that it is handed to its exit code. */
class StageRun {
  readonly #spec: DocumentCommand;
  readonly #flags: StageFlags;
  readonly #operand: string | null;
  readonly #host: Host;
  readonly #listeners: Listeners;
  #afterwards: Afterwards = undefined;

  constructor(
    spec: DocumentCommand,
    { flags, operand }: CommandLine<DocumentOptions>,
    host: Host,
  ) {
    const { stdout, stderr } = host.context;
    const isTold = spec.printsHandbook && !flags.quiet;
    this.#spec = spec;
    this.#flags = flags;
    this.#operand = operand;
    this.#host = host;
    this.#listeners = new Listeners(host, {
      command: spec.name,
      handbook: isTold ? (asksForDocument(flags) ? stderr : stdout) : null,
      hasVerdict: spec.verdict !== undefined,
      showsState: spec.shows.includes("state") && !asksForDocument(flags),
      contactsBmcs: spec.contactsBmcs ?? false,
    });
  }

  async run(): Promise<ExitCode> {
    using listeners = this.#listeners;
    await listeners.begin();
    const document = await this.#work();
    this.#host.screen[Symbol.dispose]();
    this.#writeWhole(document);
    if (!this.#showsResult) this.#sumUp(document);
    const exit = exitOf(document);
    const verdict = this.#spec.verdict?.(document, exit, this.#host);
    if (verdict) listeners.hear({ what: "verdict", ...verdict });
    listeners.conclude();
    if (exit !== EXIT.interrupted && document.status !== "failed") this.#afterwards?.();
    return exit;
  }

  /** The directory of our logs is made as the log of BMCs makes it: that one comes later. */
  async #writeEvents(path: string): Promise<void> {
    const { root } = this.#host;
    const { "log-dir": { initial: logs } } = pathOptions("log-dir");
    if (logs !== null && path.startsWith(`${logs}/`)) {
      const [{ WritableRoot }, { guarded, writeFailure }] = await Promise.all([
        import("../io/writable_root.ts"),
        import("../io/failures.ts"),
      ]);
      const hint = "name another file with --events";
      guarded(logs, hint, () => new WritableRoot(root).makeDirectories(logs), writeFailure);
    }
    await this.#listeners.writeTo(path);
  }

  async #work(): Promise<Document> {
    const { root, reporter, typed, context: { signal, elapsed } } = this.#host;
    const began = elapsed();
    const emit = this.#listeners.hear;
    const draft = new Draft((problem) => emit({ what: "problem", problem }), typed);
    draft.begin(this.#spec.name);
    try {
      root.check();
      if (typeof this.#flags.events === "string") await this.#writeEvents(this.#flags.events);
      const handed = await this.#handed();
      // The command before us that failed has said why: pass it on, and do nothing.
      if (handed.status === "failed") return handed;
      draft.begin(this.#spec.name, handed);
      signal.throwIfAborted();
      const host = { ...this.#host, emit, waited: elapsed() - began };
      this.#afterwards = await this.#spec.stage(draft, this.#flags, host, this.#operand);
    } catch (error) {
      if (!signal.aborted) draft.fail(error, reporter);
    }
    await this.#host.context.catchUp().catch((error) => draft.fail(error, reporter));
    this.#reportEnd(draft);
    return draft.document;
  }

  async #handed(): Promise<Document> {
    const { readsNothing, timesItself } = this.#spec;
    const { input, timeout = 0, nodes = null } = this.#flags;
    if (input === undefined || readsNothing) return EMPTY_DOCUMENT;
    const { readDocument } = await import("./read_document.ts");
    const most = timesItself ? 0 : timeout;
    return await readDocument(this.#host, { input, timeout: most, mayBeList: nodes !== null });
  }

  /** Reports what cut the work or its output short. */
  #reportEnd(draft: Draft): void {
    const { context: { signal }, reporter } = this.#host;
    const { fault, outputError, hasChanged } = this.#listeners;
    if (signal.aborted) {
      const message = signal.reason?.message ?? "interrupted";
      draft.report("interrupted", {
        message: hasChanged ? `${message}; what was done so far is kept` : message,
        hint: hasChanged ? "run it again: it continues where it stopped" : "run it again",
      });
    }
    if (outputError) draft.fail(outputError, reporter);
    if (fault !== null) {
      draft.report("log-unwritable", {
        message: `${fault}: the last events are missing from it`,
        hint: "make room, or name another file with --events",
      });
    }
  }

  /** Writes the result; where that fails, what was done stays done. */
  #writeWhole(document: Document): void {
    try {
      this.#write(document);
    } catch (error) {
      if (!(error instanceof OutputError) || !this.#listeners.hasChanged) throw error;
      throw new OutputError(`${error.message}; the change was made`, error.cause);
    }
  }

  /** Writes to standard output: the document, a table, or nothing. */
  #write(document: Document): void {
    const { shows } = this.#spec;
    const { stdout } = this.#host.context;
    const isHanded = handsOn(this.#spec) && !stdout.isTerminal;
    if (asksForDocument(this.#flags) || isHanded) writeDocument(document, this.#flags, stdout);
    else if (this.#showsResult) {
      // In a pipe each row is a line, for programs such as grep.
      const width = stdout.isTerminal ? stdout.columns() : Infinity;
      const lines = summarise(document, shows, width);
      stdout.write(lines.map((line) => `${printable(line, Infinity)}\n`).join(""));
    }
  }

  /** Whether the result is a table on standard output. */
  get #showsResult(): boolean {
    const { onlyShows, isAlone } = this.#spec;
    const { quiet, json, pretty, "dry-run": isDry } = this.#flags;
    return onlyShows || (isAlone && !(isDry || quiet || json || pretty)) || false;
  }

  /** Says what was done: a table for a person who looks at it, a line in a chain. */
  #sumUp(document: Document): void {
    const { shows, printsHandbook } = this.#spec;
    const { context: { stdout, stderr }, reporter } = this.#host;
    // What would become of nodes and BMCs has been shown already, and is not so.
    const isDry = this.#flags["dry-run"] === true;
    const planned = shows.filter((key) => isDry && key === "nodes");
    const done = shows.filter((key) => !isDry || (key !== "nodes" && key !== "bmcs"));
    const isTable = stdout.isTerminal || this.#flags.verbose;
    if (isTable) {
      reporter.show(summarise(document, done, stderr.isTerminal ? stderr.columns() : Infinity));
    }
    const said = isTable || printsHandbook ? planned : [...done, ...planned];
    const line = document.status === "failed" ? "" : headline(document, said, isDry);
    if (line) reporter.say(line);
  }
}
