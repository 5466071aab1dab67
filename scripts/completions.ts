/**
 * completions: prints the completion script for a shell.
 *
 * Synopsis: pitboot completions [OPTION]... SHELL
 * Output:   a script for bash, fish or zsh
 * Exit:     0 done, 2 usage
 *
 * @module
 */

import { completionsFor, SHELLS } from "../lib/cli/completion_scripts.ts";
import { COMMON_OPTIONS } from "../lib/cli/manual.ts";
import type { Command } from "../lib/command/command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { manuals } from "./commands.ts";

const options = { ...COMMON_OPTIONS };

/** The command `completions`. */
export const command: Command<typeof options> = {
  name: "completions",
  summary: "print the completion script for a shell",
  description: [
    "Prints a script that lets the shell complete commands, options and their values, also for the links that call a command directly.",
    "pitboot install puts the scripts where the shells look for them; this is for other places.",
  ],
  options,
  operand: { placeholder: "SHELL", help: "The shell.", choices: SHELLS, isOptional: false },
  examples: [
    ["source <(pitboot completions bash)", "completion in this bash; in zsh with zsh"],
    ["pitboot completions fish | source", "completion in this fish"],
  ],
  run: async ({ operand }, { context }) => {
    const shell = SHELLS.find((each) => each === operand);
    if (shell) context.stdout.write(completionsFor(shell, await manuals()));
    return EXIT.done;
  },
};

if (import.meta.main) main(command);
