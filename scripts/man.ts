/**
 * man: prints a manual page.
 *
 * Synopsis: pitboot man [OPTION]... [COMMAND]
 * Output:   the page of the command, or of pitboot itself, in roff
 * Exit:     0 done, 2 usage
 *
 * @module
 */

import { COMMON_OPTIONS } from "../lib/cli/manual.ts";
import type { CommandLine } from "../lib/command/command_line.ts";
import { main } from "../lib/command/main.ts";
import type { PlainCommand, PlainHost } from "../lib/command/plain_command.ts";
import { manPage, pageDate } from "../lib/cli/man.ts";
import { nearest } from "../lib/text/nearest.ts";
import { UsageError } from "../lib/cli/parse_flags.ts";
import { printable } from "../lib/text/printable.ts";
import { PITBOOT } from "../lib/cli/program.ts";

const options = { ...COMMON_OPTIONS };

/** The command `man`. */
export const command: PlainCommand<typeof options> = {
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
  use: printPage,
};

async function printPage(
  { operand }: CommandLine<typeof options>,
  { context, manuals }: PlainHost,
): Promise<void> {
  const commands = await manuals();
  const date = pageDate(context.now());
  if (operand === null) return context.stdout.write(manPage(PITBOOT, date, commands));
  const manual = commands.find(({ name }) => name === operand);
  if (manual) return context.stdout.write(manPage(manual, date));
  const guess = nearest(operand, commands.map(({ name }) => name));
  throw new UsageError(
    `there is no command ${printable(operand)}${guess ? `; did you mean ${guess}?` : ""}`,
  );
}

if (import.meta.main) await main(command);
