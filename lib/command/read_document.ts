/**
 * Gets the document that a command is handed.
 *
 * @module
 */

import { type Document, EMPTY_DOCUMENT, parseDocument } from "../document/document.ts";
import { Failure } from "../document/problems.ts";
import { fileFailure } from "../io/failures.ts";
import { printable } from "../text/printable.ts";
import type { Host } from "./host.ts";

/** After this long without a document somebody may wonder what is happening. */
const NOTICE_MS = 3000;
const CHAIN = "chain pitboot's own commands, or use </dev/null to begin without a document";
const NAME_ANOTHER = "name the document of an earlier command; - is standard input";

/**
 * Reads the document from a file or from standard input, if that is no
 * terminal.
 *
 * @param host Where to read.
 * @param input The value of `--input`, or `null`.
 * @returns An empty document if there is nothing to read.
 * @throws {Failure} If there is something else than one document.
 */
export async function readDocument(host: Host, input: string | null): Promise<Document> {
  const { context, root } = host;
  const fromStdin = input === null || input === "-";
  if (input === null && context.stdin.isTerminal) return EMPTY_DOCUMENT;
  const json = fromStdin
    ? await readStdin(host)
    : await root.readHanded(input, NAME_ANOTHER, context.signal);
  if (fromStdin && json.trim() === "") return EMPTY_DOCUMENT;
  try {
    return parseDocument(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Failure("document-invalid", {
      message: `${fromStdin ? "standard input" : input} is not one pitboot document: ${
        printable(error.message.replaceAll("\n", " "), 200)
      }`,
      hint: CHAIN,
    }, error);
  }
}

async function readStdin({ context, reporter }: Host): Promise<string> {
  const onAbort = (): void => reporter.say("stopping; waiting a moment for the command before it");
  context.signal.addEventListener("abort", onAbort, { once: true });
  const notice = setTimeout(
    () => reporter.detail("waiting for a document on standard input (</dev/null: none)"),
    NOTICE_MS,
  );
  try {
    return await context.stdin.text(context.signal);
  } catch (error) {
    throw fileFailure("standard input", error, CHAIN);
  } finally {
    clearTimeout(notice);
    context.signal.removeEventListener("abort", onAbort);
  }
}
