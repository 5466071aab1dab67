/**
 * man: shows a manual page.
 *
 * Synopsis: pitboot man [OPTION]... [COMMAND]
 * Output:   the page of the command, or of pitboot itself, in roff; on a terminal
 *           what man(1) makes of it, or the help where that is missing
 * Exit:     0 done, 2 usage
 *
 * @module
 */

import { findManual } from "../lib/cli/find_manual.ts";
import { helpOf } from "../lib/cli/help.ts";
import { manPage, pageDate } from "../lib/cli/man.ts";
import { COMMON_OPTIONS } from "../lib/cli/manual.ts";
import { overview } from "../lib/cli/overview.ts";
import { PITBOOT } from "../lib/cli/program.ts";
import type { Command, CommandLine } from "../lib/command/command.ts";
import type { Host } from "../lib/command/host.ts";
import { main } from "../lib/command/main.ts";
import { readByMan } from "../lib/command/read_by_man.ts";
import { EXIT, type ExitCode } from "../lib/document/exit_codes.ts";
import { manuals } from "./commands.ts";

const options = { ...COMMON_OPTIONS };

/** The command `man`. */
export const command: Command<typeof options> = {
  name: "man",
  summary: "show a manual page",
  description: [
    "Shows the manual page of a command, or of pitboot itself, by man(1); where that is missing, the help. Into a file or a pipe it is written in roff.",
    "pitboot install puts the pages where man finds them.",
  ],
  options,
  environment: ["PATH"],
  seeAlso: ["man(1)"],
  operand: { placeholder: "COMMAND", help: "The command.", isOptional: true },
  examples: [
    ["pitboot man", "read the manual of pitboot"],
    ["pitboot man set-links", "read that of a command"],
    ["pitboot man run >pitboot-run.8", "keep a page"],
  ],
  run: printPage,
};

async function printPage(
  { operand }: CommandLine<typeof options>,
  { context: { now, stdout } }: Host,
): Promise<ExitCode> {
  const commands = await manuals();
  const manual = operand === null ? PITBOOT : findManual(operand, commands);
  const page = manPage(manual, pageDate(now()), operand === null ? commands : []);
  if (!stdout.isTerminal) stdout.write(page);
  else if (!await readByMan(page)) {
    const width = stdout.columns();
    stdout.write(operand === null ? overview(commands, width) : helpOf(manual, width));
  }
  return EXIT.done;
}

if (import.meta.main) main(command);
