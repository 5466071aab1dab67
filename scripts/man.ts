/**
 * man: shows a manual page.
 *
 * Synopsis: pitboot man [OPTION]... [COMMAND | document | events]
 * Output:   the page of the command, of a format, or of pitboot itself, in roff; on a
 *           terminal what man(1) makes of it, or text where that is missing
 * Exit:     0 done, 1 failed, 2 usage
 *
 * @module
 */

import { findManual } from "../lib/cli/find_manual.ts";
import { formatPage, formatText } from "../lib/cli/format.ts";
import { FORMATS } from "../lib/cli/formats.ts";
import { helpOf } from "../lib/cli/help.ts";
import { manPage, pageDate } from "../lib/cli/man.ts";
import { COMMON_OPTIONS } from "../lib/cli/manual.ts";
import { overview } from "../lib/cli/overview.ts";
import { PITBOOT } from "../lib/cli/program.ts";
import type { Command, CommandLine } from "../lib/command/command.ts";
import type { Host } from "../lib/command/host.ts";
import { main } from "../lib/command/main.ts";
import { readByMan } from "../lib/command/read_by_man.ts";
import { EXIT, type ExitCode, PLAIN_EXITS } from "../lib/document/exit_codes.ts";
import { manuals } from "./commands.ts";

const options = { ...COMMON_OPTIONS };

/** The command `man`. */
export const command: Command<typeof options> = {
  name: "man",
  summary: "show a manual page",
  description: [
    "Shows the manual page of a command, or of pitboot itself, with man(1); without man, the help. document and events are the pages of what programs read. Into a file or a pipe the page is written in roff.",
    "pitboot install puts the pages where man finds them.",
  ],
  exits: PLAIN_EXITS,
  options,
  environment: ["PATH"],
  seeAlso: ["man(1)"],
  operand: {
    placeholder: "COMMAND",
    kind: "page",
    help: "The command, or document or events.",
    isOptional: true,
  },
  examples: [
    ["pitboot man", "read the manual of pitboot"],
    ["pitboot man set-links", "read that of a command"],
    ["pitboot man document", "read what the keys of the document mean"],
    ["pitboot man run >pitboot-run.8", "keep a page"],
  ],
  run: printPage,
};

async function printPage(
  { operand }: CommandLine<typeof options>,
  { context: { now, stdout } }: Host,
): Promise<ExitCode> {
  const commands = await manuals();
  const found = operand === null ? PITBOOT : findManual(operand, [...commands, ...FORMATS]);
  const date = pageDate(now());
  const page = "parts" in found
    ? formatPage(found, date)
    : manPage(found, date, found === PITBOOT ? commands : []);
  if (!stdout.isTerminal) stdout.write(page);
  else if (!await readByMan(page)) {
    const width = stdout.columns();
    if ("parts" in found) stdout.write(formatText(found, width));
    else stdout.write(found === PITBOOT ? overview(commands, width) : helpOf(found, width));
  }
  return EXIT.done;
}

export { main };

if (import.meta.main) main(command);
