/**
 * Runs a command from its arguments to its exit code.
 *
 * @module
 */

import type { COMMON_OPTIONS, Manual, OUTPUT_OPTIONS } from "../cli/manual.ts";
import { type Document, EMPTY_DOCUMENT } from "../document/document.ts";
import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import type { Flags, Options } from "../cli/options.ts";
import { outcomeOf } from "../document/outcome.ts";
import { headline, summarise } from "../document/summary.ts";
import { withCommandLine } from "./command_line.ts";
import type { Context } from "./context.ts";
import { Draft } from "./draft.ts";
import { failureOf } from "../io/failures.ts";
import type { Host } from "./host.ts";
import { readDocument } from "./read_document.ts";
import { Reporter } from "./reporter.ts";
import { Root } from "../io/root.ts";

/** What every command that writes a document has among its options. */
type DocumentOptions =
  & typeof COMMON_OPTIONS
  & typeof OUTPUT_OPTIONS
  & Options;

/** A command that adds to the document. */
export interface Command<O extends DocumentOptions = DocumentOptions> extends Manual {
  readonly options: O;
  /** What to show of the document on a terminal. */
  readonly shows: Parameters<typeof summarise>[1];
  /** Whether it is handed a document, or begins one. */
  readonly reads: boolean;
  /** Whether it prints the handbook's lines to standard output. */
  readonly printsHandbook?: boolean;
  /** Does the work. What it adds to the draft stays even if it throws. */
  run(draft: Draft, flags: Flags<O>, host: Host): Promise<void> | void;
}

/**
 * Runs a command.
 *
 * @param command What to run.
 * @param context The world around it.
 * @returns The exit code. Expected errors are shown and in the document.
 */
export async function runCommand(
  command: Command,
  context: Context,
): Promise<ExitCode> {
  return await withCommandLine(
    command,
    context,
    ({ flags }) => writeDocument(command, flags, context),
  );
}

async function writeDocument(
  command: Command,
  flags: Flags<DocumentOptions>,
  context: Context,
): Promise<ExitCode> {
  const report = new Reporter(context, `pitboot ${command.name}`, flags);
  const asksForJson = flags.json || flags.pretty;
  const handbookTo = asksForJson ? context.stderr : context.stdout;
  const printsHandbook = command.printsHandbook === true && !flags.quiet;
  const host: Host = {
    context,
    report,
    root: new Root(flags.root),
    printsHandbook,
    handbook: (line) => {
      if (printsHandbook) {
        handbookTo.write(`${line}\n`);
      }
    },
  };
  const document = await carryOut(command, flags, host);
  if (asksForJson || !(context.stdout.isTerminal || command.printsHandbook)) {
    const indent = flags.pretty || context.stdout.isTerminal ? 2 : undefined;
    context.stdout.write(`${JSON.stringify(document, null, indent)}\n`);
  }
  showResult(command, document, flags.verbose, host);
  const { status, exit } = outcomeOf(document);
  // A document that failed for a reason which we do not know is passed on.
  return document.status === "failed" && status !== "failed" ? EXIT.failed : exit;
}

/** A table for a person who looks at it, a line in the middle of a chain. */
function showResult(
  { shows, printsHandbook }: Command,
  document: Document,
  verbose: boolean,
  { context: { stdout, stderr }, report }: Host,
): void {
  if (stdout.isTerminal || verbose) {
    report.show(summarise(document, shows, stderr.isTerminal ? stderr.columns() : Infinity));
  } else if (!printsHandbook && document.status !== "failed") {
    const line = headline(document, shows);
    if (line) report.say(line);
  }
}

async function carryOut(
  command: Command,
  flags: Flags<DocumentOptions>,
  host: Host,
): Promise<Document> {
  const { signal } = host.context;
  let draft = new Draft(EMPTY_DOCUMENT, host.report);
  draft.begin(command.name);
  try {
    if (command.reads) {
      const input = typeof flags["input"] === "string" ? flags["input"] : null;
      const document = await readDocument(host, input);
      // Whoever failed before us has said why: pass it on, and do nothing.
      if (document.status === "failed") return document;
      draft = new Draft(document, host.report);
      draft.begin(command.name);
    }
    signal.throwIfAborted();
    await command.run(draft, flags, host);
  } catch (error) {
    if (!signal.aborted) report(error, draft, host);
  }
  if (signal.aborted) {
    draft.problem("interrupted", {
      message: `${
        signal.reason?.message ?? "interrupted"
      }; what was done so far is in the document`,
      hint: "run it again: it goes on where it was",
    });
  }
  return draft.document;
}

function report(error: unknown, draft: Draft, { report }: Host): void {
  const { code, details } = failureOf(error);
  draft.problem(code, details);
  if (code === "failed" && error instanceof Error && error.stack) report.detail(error.stack);
}
