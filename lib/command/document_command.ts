/**
 * Makes a command of a stage: reads the document it is given, passes on one
 * that failed, and writes the result even if the stage fails.
 *
 * @module
 */

import type { EVENT_OPTIONS, Manual, OUTPUT_OPTIONS } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import { type Document, EMPTY_DOCUMENT } from "../document/document.ts";
import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import { outcomeOf } from "../document/outcome.ts";
import { headline, summarise } from "../document/summary.ts";
import type { Verdict } from "../document/verdict.ts";
import { printable } from "../text/printable.ts";
import type { Command, CommandLine, CommonOptions } from "./command.ts";
import type { Output } from "../io/context.ts";
import { Draft } from "./draft.ts";
import type { Host } from "./host.ts";
import { Listeners } from "../show/listeners.ts";
import { type DocumentSource, readDocument } from "./read_document.ts";
import { asksForDocument, writeDocument } from "./write_document.ts";

/** What every command that writes a document has among its options. */
type DocumentOptions = CommonOptions & typeof OUTPUT_OPTIONS;

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
  /** Says last of all, on standard error, who will not boot; `null` if there is nothing to say. */
  verdict?(document: Document, exit: ExitCode, host: Host): Verdict | null;
  /** Looks at the command line as a whole; throws a `UsageError`. */
  check?(line: CommandLine<O>): void;
  /**
   * Does the work. What it adds to the draft stays even if it throws. `operand`: the
   * argument, of a command that takes one.
   */
  stage(
    draft: Draft,
    flags: Flags<O>,
    host: Host,
    operand: string | null,
  ): Promise<void> | void;
}

/**
 * Makes a command of a stage.
 *
 * @param spec The stage, its manual, and what to show of the document.
 */
export function documentCommand<O extends DocumentOptions>(spec: DocumentCommand<O>): Command<O> {
  const { check } = spec;
  return {
    ...manualOf(spec),
    run: (line, host) => {
      check?.(line);
      return runStage(spec, line, host);
    },
  };
}

function manualOf<O extends DocumentOptions>(
  { shows: _shows, printsHandbook: _prints, onlyShows: _only, ...rest }: DocumentCommand<O>,
): Manual & { readonly options: O } {
  const { check: _check, stage: _stage, verdict: _verdict, ...manual } = rest;
  return manual;
}

async function runStage(
  spec: DocumentCommand,
  line: CommandLine<DocumentOptions>,
  host: Host,
): Promise<ExitCode> {
  const { flags } = line;
  const { context: { stdout, stderr }, screen } = host;
  const asksForJson = asksForDocument(flags);
  const tellsHandbook = spec.printsHandbook === true && !flags.quiet;
  using listeners = new Listeners(host, {
    command: spec.name,
    handbook: tellsHandbook ? (asksForJson ? stderr : stdout) : null,
    hasVerdict: spec.verdict !== undefined,
    contactsBmcs: "bmc-timeout" in spec.options,
  });
  const document = await workOn(spec, line, host, listeners);
  screen[Symbol.dispose]();
  if (asksForJson || !(stdout.isTerminal || spec.printsHandbook || spec.onlyShows)) {
    writeDocument(document, flags, stdout);
  }
  if (!spec.onlyShows) showResult(spec, document, flags, host);
  // Whoever reads it in a pipe, such as grep, wants a line for each row.
  else if (!asksForJson) stdout.write(tableOf(spec, document, stdout));
  const exit = exitOf(document);
  const verdict = spec.verdict?.(document, exit, host);
  if (verdict) listeners.hear({ what: "verdict", ...verdict });
  listeners.conclude();
  return exit;
}

function exitOf(document: Document): ExitCode {
  const { status, exit } = outcomeOf(document);
  // A document that failed for a reason which we do not know is passed on.
  return document.status === "failed" && status !== "failed" ? EXIT.failed : exit;
}

async function workOn(
  { name, stage }: DocumentCommand,
  { flags, operand }: {
    readonly flags: Flags<DocumentOptions> & Partial<Flags<typeof EVENT_OPTIONS>>;
    readonly operand: string | null;
  },
  host: Host,
  listeners: Listeners,
): Promise<Document> {
  const { signal, elapsed } = host.context;
  const began = elapsed();
  const emit = listeners.hear;
  const draft = new Draft((problem) => emit({ what: "problem", problem }));
  draft.begin(name);
  try {
    host.root.check();
    if (typeof flags.events === "string") listeners.writeTo(flags.events);
    const handed = await handedTo(flags, host);
    // Whoever failed before us has said why: pass it on, and do nothing.
    if (handed.status === "failed") return handed;
    draft.begin(name, handed);
    signal.throwIfAborted();
    await stage(draft, flags, { ...host, emit, waited: elapsed() - began }, operand);
  } catch (error) {
    if (!signal.aborted) draft.fail(error, host.reporter);
  }
  if (signal.aborted) {
    const reason = signal.reason?.message ?? "interrupted";
    draft.report("interrupted", {
      message: `${reason}; what was done so far is kept`,
      hint: "run it again: it continues where it stopped",
    });
  }
  const { fault, outputError } = listeners;
  if (outputError) draft.fail(outputError, host.reporter);
  if (fault !== null) {
    draft.report("log-unwritable", {
      message: `${fault}: the last events are missing from it`,
      hint: "make room, or name another file with --events",
    });
  }
  return draft.document;
}

async function handedTo(
  flags: Flags<DocumentOptions> & Partial<DocumentSource> & { readonly nodes?: unknown },
  host: Host,
): Promise<Document> {
  const { input, timeout = 0, nodes = null } = flags;
  if (input === undefined) return EMPTY_DOCUMENT;
  return await readDocument(host, { input, timeout, mayBeList: nodes !== null });
}

/** Lines for an output; in a pipe or a file they are as long as they need be. */
function tableOf({ shows }: DocumentCommand, document: Document, output: Output): string {
  const width = output.isTerminal ? output.columns() : Infinity;
  return summarise(document, shows, width).map((line) => `${printable(line, Infinity)}\n`).join("");
}

/** A table for a person who looks at it, a line in the middle of a chain. */
function showResult(
  { shows, printsHandbook }: DocumentCommand,
  document: Document,
  flags: Flags<DocumentOptions>,
  { context: { stdout, stderr }, reporter }: Host,
): void {
  // What would become of nodes and BMCs has been shown already, and is not so.
  const isDry = "dry-run" in flags && flags["dry-run"] === true;
  const planned = shows.filter((key) => isDry && key === "nodes");
  const done = shows.filter((key) => !isDry || (key !== "nodes" && key !== "bmcs"));
  const isTable = stdout.isTerminal || flags.verbose;
  if (isTable) {
    reporter.show(summarise(document, done, stderr.isTerminal ? stderr.columns() : Infinity));
  }
  const said = isTable || printsHandbook ? planned : [...done, ...planned];
  const line = document.status === "failed" ? "" : headline(document, said, isDry);
  if (line) reporter.say(line);
}
