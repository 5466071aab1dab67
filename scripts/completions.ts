/**
 * completions: prints what lets a shell complete, and answers it.
 *
 * Synopsis: pitboot completions [OPTION]... SHELL
 *           pitboot completions [OPTION]... -- WORD...
 * Output:   a script for bash, fish or zsh; or what can stand in the place of the
 *           last WORD, a line each
 * Exit:     0 done, 1 failed, 2 usage
 *
 * @module
 */

import { type Completion, completionLines, completionOf } from "../lib/cli/completion.ts";
import { COMPLETION_STUBS, SHELLS } from "../lib/cli/completion_stubs.ts";
import { COMMON_OPTIONS, pathOptions } from "../lib/cli/manual.ts";
import type { Flags } from "../lib/cli/options.ts";
import { parseCommandLine } from "../lib/cli/parse_flags.ts";
import type { Command } from "../lib/command/command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT, PLAIN_EXITS } from "../lib/document/exit_codes.ts";
import { Root } from "../lib/io/root.ts";
import { manuals } from "./commands.ts";

const options = { ...pathOptions("statics", "data", "config", "state"), ...COMMON_OPTIONS };

/** The command `completions`. */
export const command: Command<typeof options> = {
  name: "completions",
  summary: "print the completion script for a shell",
  description: [
    "Prints a script that lets the shell complete commands, options and their values, also for the links that call a command directly.",
    "The script asks pitboot: with -- and the words of a line it prints what can stand in the place of the last one, a line each, with its meaning behind a tab; nodes, releases and generations are those of the system that the words name (--root, --statics, --data, --config, --state). A line * stands for any file, */ for any directory.",
    "pitboot install puts the scripts where the shells look for them; this is for other places.",
  ],
  exits: PLAIN_EXITS,
  options,
  operand: {
    placeholder: "SHELL",
    kind: "choice",
    help: "The shell to print the script for.",
    choices: SHELLS,
    isOptional: false,
    orWords: true,
  },
  examples: [
    ["source <(pitboot completions bash)", "turn completion on in this bash (zsh: with zsh)"],
    ["pitboot completions fish | source", "turn completion on in this fish"],
    ["pitboot completions -- pitboot run --nodes ncn-s", "list the nodes that begin with ncn-s"],
  ],
  run: async ({ flags, operand, words }, { context: { stdout } }) => {
    const shell = SHELLS.find((each) => each === operand);
    stdout.write(shell ? COMPLETION_STUBS[shell] : await answerShell(words, flags));
    return EXIT.done;
  },
};

async function answerShell(
  words: readonly string[],
  flags: Flags<typeof options>,
): Promise<string> {
  const completion = completionOf(words, await manuals());
  if (!completion) return "";
  const known = await knownWords(completion, { ...flags, ...flagsOn(completion) });
  return completionLines(completion, known).map((line) => `${line}\n`).join("");
}

/** The options of ours that stand on the line. */
function flagsOn({ given }: Completion): Partial<Flags<typeof options>> {
  const ours = given.filter(({ name }) => Object.hasOwn(options, name));
  const args = ours.map(({ name, value }) => `--${name}=${value}`);
  const flags = Object.entries(parseCommandLine({ options }, args).flags);
  return Object.fromEntries(flags.filter(([name]) => ours.some((each) => each.name === name)));
}

/** What the system has of a kind. */
async function knownWords(
  { kind }: Completion,
  { root: directory, statics, data, config, state }: Flags<typeof options>,
): Promise<string[]> {
  const root = new Root(directory);
  switch (kind) {
    case "node": {
      const { readStatics } = await import("../lib/nodes/read_statics.ts");
      const all = { pit: "", nodes: null, exclude: null };
      return readStatics(root, statics, all).bmcs.map(({ node }) => node);
    }
    case "release": {
      const { listReleases } = await import("../lib/images/list_releases.ts");
      const { readRoles } = await import("../lib/nodes/read_roles.ts");
      return listReleases(root, data, readRoles(root, config));
    }
    case "generation": {
      const { listGenerations } = await import("../lib/history/read_state.ts");
      return listGenerations(root, state).map(String);
    }
    default:
      return [];
  }
}

export { main };

if (import.meta.main) main(command);
