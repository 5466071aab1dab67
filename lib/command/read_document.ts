/**
 * Gets the document that a command is handed.
 *
 * @module
 */

import { type Document, parseDocument } from "../document/document.ts";
import { EMPTY_DOCUMENT } from "../document/empty_document.ts";
import { Failure } from "../document/problems.ts";
import { fileFailure } from "../io/failures.ts";
import type { Context } from "../io/context.ts";
import { NoObject, readObject, type SharedInput } from "../io/read_object.ts";
import type { Root } from "../io/root.ts";
import { LATE, within } from "../io/within.ts";
import type { Reporter } from "../show/reporter.ts";
import { printable } from "../text/printable.ts";

/** Where a document comes from, and how long that may take. */
export interface DocumentSource {
  /** The value of `--input`, or `null`. */
  readonly input: string | null;
  /** How many seconds to wait for it; 0 is as long as it takes. */
  readonly timeout: number;
  /** Whether it may be a list that a loop reads: a loop over a list names nodes. */
  readonly mayBeList: boolean;
}

/** Where to read a document, and who is told of the wait. */
export interface ReadingHost {
  readonly context: Pick<Context, "stdin" | "signal" | "listen" | "later">;
  readonly root: Pick<Root, "readHanded">;
  readonly reporter: Pick<Reporter, "say">;
}

/** In a chain whose commands only look, a document is there before this. */
const QUICK_MS = 200;
/** After this long without a document somebody wonders what is happening. */
const NOTICE_MS = 2000;
/** How long the last commands of a chain wait for those before them after ^C. */
const GRACE_MS = 2000;
const STDIN = "standard input";
const ANEW = "</dev/null to begin anew";
const LONGER = "a longer --timeout leaves the command before it more time";
const CHAIN = "chain pitboot's own commands, or use </dev/null to begin without a document";
const LOOP = "add </dev/null to begin without a document, as in a loop that reads a list";
const NAME_ANOTHER = "name the document of an earlier command; - is standard input";

/**
 * Reads the document from a file or from standard input, if that is no
 * terminal.
 *
 * @param host Where to read.
 * @param handed Which one, and how long to wait.
 * @returns An empty document if there is nothing to read.
 * @throws {Failure} If there is something else than one document, or none in time.
 */
export async function readDocument(host: ReadingHost, handed: DocumentSource): Promise<Document> {
  const { context: { stdin, signal }, root } = host;
  const { input, timeout, mayBeList } = handed;
  if (input === null && stdin.isTerminal) return EMPTY_DOCUMENT;
  const source = input === null || input === "-" ? STDIN : input;
  const text = source === STDIN
    ? readShared(stdin, mayBeList)
    : root.readHanded(source, NAME_ANOTHER, signal);
  // A byte order mark may stand before it in a file as well as in a pipe.
  const json = (await inTime(host, { source, timeout }, text)).replace(/^\uFEFF/, "");
  if (source === STDIN && json.trim() === "") {
    if (await stdin.isNothing()) return EMPTY_DOCUMENT;
    throw new Failure("document-invalid", {
      message: `${STDIN} ended without a document: the command before did not end well`,
      hint: "see what it said; or use </dev/null to begin without a document",
    });
  }
  try {
    return parseDocument(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Failure("document-invalid", {
      message: `${source} is not a single pitboot document: ${
        printable(error.message.replaceAll("\n", " "), 200)
      }`,
      hint: CHAIN,
    }, error);
  }
}

async function readShared(
  stdin: SharedInput,
  mayBeList: boolean,
): Promise<string> {
  try {
    return await readObject(stdin, mayBeList);
  } catch (error) {
    if (!(error instanceof NoObject)) throw fileFailure(STDIN, error, CHAIN);
    const { line, isTaken } = error;
    throw new Failure("document-invalid", {
      message: `${STDIN} is not a pitboot document: it begins with "${printable(line, 40)}"`,
      hint: isTaken ? `${LOOP} (that line of it is lost)` : LOOP,
    }, error);
  }
}

/** Waits for a document, says so, and does not wait for ever. */
async function inTime(
  { context: { stdin, signal, listen, later }, reporter }: ReadingHost,
  { source, timeout }: { readonly source: string; readonly timeout: number },
  text: Promise<string>,
): Promise<string> {
  const { origin, notice, hint } = wordsFor(source);
  const most = timeout > 0 ? timeout * 1000 : Infinity;
  const quick = await within(text, { milliseconds: Math.min(QUICK_MS, most), signal, later });
  if (quick !== LATE) return quick;
  listen();
  const soon = await within(text, {
    milliseconds: Math.min(NOTICE_MS, most) - QUICK_MS,
    signal,
    later,
  });
  if (soon !== LATE) return soon;
  if (!signal.aborted && most > NOTICE_MS) {
    // A command before us says itself what it waits for.
    const isChain = source === STDIN && await stdin.hasWriter();
    if (!isChain) reporter.say(`waiting for a document ${notice}`);
    const got = await within(text, { milliseconds: most - NOTICE_MS, signal, later });
    if (got !== LATE) return got;
  }
  if (!signal.aborted) {
    const message = `no document came ${origin} within ${timeout} s`;
    throw new Failure("document-missing", { message, hint });
  }
  // The command before us got the same ^C and is about to hand us its document
  // with what was done: give it a moment.
  reporter.say("stopping; waiting a moment for the command before it");
  const last = await within(text, { milliseconds: GRACE_MS, later });
  if (last === LATE) throw signal.reason;
  return last;
}

function wordsFor(source: string): Readonly<Record<"origin" | "notice" | "hint", string>> {
  if (source !== STDIN) return { origin: `from ${source}`, notice: `from ${source}`, hint: LONGER };
  return {
    origin: `on ${STDIN}`,
    notice: `on ${STDIN} (${ANEW})`,
    hint: `add ${ANEW}; ${LONGER}`,
  };
}
