/**
 * Writes a document to standard output.
 *
 * @module
 */

import type { OUTPUT_OPTIONS } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import type { Document } from "../document/document.ts";
import type { Output } from "../io/context.ts";
import { printableJson } from "../text/printable.ts";

type OutputFlags = Flags<typeof OUTPUT_OPTIONS>;

/** Tells whether the document is asked for, wherever it goes. */
export function asksForDocument({ json, pretty }: OutputFlags): boolean {
  return json || pretty;
}

/**
 * Writes a document: in one line for programs, indented for people. No text in it is
 * obeyed by a terminal.
 *
 * @param document Any document; keys that nobody knows are in it, too.
 * @param flags `pretty`: whether to indent it in any case.
 * @param stdout Where it goes.
 * @throws {OutputError} If it cannot be written.
 */
export function writeDocument(
  document: Document,
  { pretty }: Pick<OutputFlags, "pretty">,
  stdout: Output,
): void {
  const json = JSON.stringify(document, null, pretty || stdout.isTerminal ? 2 : undefined);
  stdout.write(`${stdout.isTerminal ? printableJson(json) : json}\n`);
}
