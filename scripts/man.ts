/**
 * man: prints a manual page.
 *
 * Synopsis: pitboot man [OPTION]... [COMMAND]
 * Output:   the page of the command, or of pitboot itself, in roff
 * Exit:     0 done, 2 usage
 *
 * @module
 */

import { findManual } from "../lib/cli/find_manual.ts";
import { manPage, pageDate } from "../lib/cli/man.ts";
import { COMMON_OPTIONS } from "../lib/cli/manual.ts";
import { PITBOOT } from "../lib/cli/program.ts";
import type { Command, CommandLine } from "../lib/command/command.ts";
import type { Host } from "../lib/command/host.ts";
import { main } from "../lib/command/main.ts";
import { EXIT, type ExitCode } from "../lib/document/exit_codes.ts";
import { manuals } from "./commands.ts";

const options = { ...COMMON_OPTIONS };

/** The command `man`. */
export const command: Command<typeof options> = {
  name: "man",
  summary: "print a manual page",
  description: [
    "Prints the manual page of a command, or of pitboot itself, in roff. pitboot install puts the pages where man finds them.",
  ],
  options,
  operand: { placeholder: "COMMAND", help: "The command.", isOptional: true },
  examples: [
    ["pitboot man | man -l -", "read the manual of pitboot"],
    ["pitboot man set-links | man -l -", "read that of a command"],
  ],
  run: printPage,
};

async function printPage(
  { operand }: CommandLine<typeof options>,
  { context }: Host,
): Promise<ExitCode> {
  const commands = await manuals();
  const manual = operand === null ? PITBOOT : findManual(operand, commands);
  const date = pageDate(context.now());
  context.stdout.write(manPage(manual, date, operand === null ? commands : []));
  return EXIT.done;
}

if (import.meta.main) main(command);
