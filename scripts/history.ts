/**
 * history: shows what was changed, when and by whom.
 *
 * Synopsis: pitboot history [OPTION]... [N]
 * Output:   a line for each generation, or all of one; with --json a document
 *           with `generations`
 * Exit:     0 done, 1 failed, 2 usage
 *
 * @module
 */

import { DOCUMENT_OPTIONS, pathOptions } from "../lib/cli/manual.ts";
import { hosts } from "../lib/cli/options.ts";
import type { Command, CommandLine } from "../lib/command/command.ts";
import type { Host } from "../lib/command/host.ts";
import { main } from "../lib/command/main.ts";
import { asksForDocument, writeDocument } from "../lib/command/write_document.ts";
import { EMPTY_DOCUMENT } from "../lib/document/empty_document.ts";
import { EXIT, type ExitCode, PLAIN_EXITS } from "../lib/document/exit_codes.ts";
import { problem } from "../lib/document/problems.ts";
import { GENERATION, generationNumber } from "../lib/history/generation_number.ts";
import { runningReports } from "../lib/history/claim_words.ts";
import { readHistory, runningGenerations } from "../lib/history/history.ts";
import { historyDetails, historyTable } from "../lib/history/history_report.ts";
import { touching } from "../lib/history/touching.ts";
import { foldHosts } from "../lib/text/host_range.ts";

const options = {
  nodes: hosts("Show only what was changed of these nodes, for instance ncn-w003 or 'ncn-w*'."),
  ...pathOptions("state"),
  ...DOCUMENT_OPTIONS,
};

/** The command `history`. */
export const command: Command<typeof options> = {
  name: "history",
  summary: "show what was changed, when and by whom",
  description: [
    "Every run of set-links, run, rollback, offline and online that changes something writes a generation: what each node booted before and after, and what failed. history lists them; history N shows all of one, by node range: releases, and the beginning of the SHA-256 of scripts. With --nodes it shows what was changed of these nodes, and nothing else; GEN is the number of a generation, N how many nodes it changed.",
    "A generation is running while a change is in progress; what a run adds to it after another command has made one is a generation of its own. The commands that are running are named, with what they are not done with. One that is interrupted did not finish: what it had done by then stays, and a new run goes on.",
    "Reads the state directory. Nothing is changed.",
  ],
  exits: PLAIN_EXITS,
  options,
  operand: GENERATION,
  examples: [
    ["pitboot history", "a line for each change"],
    ["pitboot history 7", "what the seventh changed"],
    ["pitboot history --nodes ncn-w003", "each change of one node"],
    [
      "pitboot history --json | jq '.generations[-1].changes'",
      "what the last one changed, for scripts",
    ],
  ],
  run: showHistory,
};

async function showHistory(
  { flags, operand }: CommandLine<typeof options>,
  { context: { stdout, now }, root, reporter, typed }: Host,
): Promise<ExitCode> {
  const number = generationNumber(operand);
  root.check();
  const { generations: all, running } = await readHistory(root, flags.state, number);
  const generations = touching(all, flags.nodes);
  if (asksForDocument(flags)) {
    writeDocument({ ...EMPTY_DOCUMENT, generations }, flags, stdout);
    return EXIT.done;
  }
  if (generations.length === 0) reporter.say(nothingOf(flags.nodes));
  const numbers = runningGenerations(running);
  const lines = number === null
    ? historyTable(generations, stdout.isTerminal ? stdout.columns() : Infinity, numbers)
    : generations.flatMap((generation) => historyDetails(generation, typed, numbers));
  stdout.write(lines.map((line) => `${line}\n`).join(""));
  for (const report of runningReports(running, now())) {
    reporter.problem(problem("history", ...report, typed));
  }
  return EXIT.done;
}

function nothingOf(nodes: readonly string[] | null): string {
  return nodes === null
    ? "pitboot has not changed any node yet"
    : `no change of ${foldHosts(nodes)} is recorded`;
}

export { main };

if (import.meta.main) main(command);
