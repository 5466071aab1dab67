/**
 * help: prints the help of a command.
 *
 * Synopsis: pitboot help [OPTION]... [COMMAND]
 * Output:   what COMMAND --help prints; without a command the list of commands
 * Exit:     0 done, 1 failed, 2 usage
 *
 * @module
 */

import { findManual } from "../lib/cli/find_manual.ts";
import { helpOf } from "../lib/cli/help.ts";
import { COMMAND_NAME, COMMON_OPTIONS } from "../lib/cli/manual.ts";
import { overview } from "../lib/cli/overview.ts";
import type { Command } from "../lib/command/command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT, PLAIN_EXITS } from "../lib/document/exit_codes.ts";
import { manuals } from "./commands.ts";

const options = { ...COMMON_OPTIONS };

/** The command `help`. */
export const command: Command<typeof options> = {
  name: "help",
  summary: "print the help of a command",
  description: ["Prints the help of a command, or the list of all commands."],
  exits: PLAIN_EXITS,
  options,
  operand: COMMAND_NAME,
  examples: [["pitboot help run", "the same as pitboot run --help"]],
  run: async ({ operand }, { context: { stdout } }) => {
    const commands = await manuals();
    const width = stdout.columns();
    stdout.write(
      operand === null ? overview(commands, width) : helpOf(findManual(operand, commands), width),
    );
    return EXIT.done;
  },
};

export { main };

if (import.meta.main) main(command);
