/**
 * completions: prints the completion script for a shell.
 *
 * Synopsis: pitboot completions [OPTION]... WHAT
 * Output:   a script for bash, fish or zsh; the nodes or releases that there are
 * Exit:     0 done, 1 failed, 2 usage
 *
 * @module
 */

import { completionsFor, SHELLS } from "../lib/cli/completion_scripts.ts";
import { KNOWN } from "../lib/cli/completion.ts";
import { COMMON_OPTIONS, pathOptions } from "../lib/cli/manual.ts";
import type { Flags } from "../lib/cli/options.ts";
import type { Command } from "../lib/command/command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import type { Root } from "../lib/io/root.ts";
import { manuals } from "./commands.ts";

const options = { ...pathOptions("statics", "data", "config"), ...COMMON_OPTIONS };

/** The command `completions`. */
export const command: Command<typeof options> = {
  name: "completions",
  summary: "print the completion script for a shell",
  description: [
    "Prints a script that lets the shell complete commands, options and their values, also for the links that call a command directly.",
    "With nodes it prints the nodes of statics.conf, with releases what there is for --release, a line each: the scripts ask for them.",
    "pitboot install puts the scripts where the shells look for them; this is for other places.",
  ],
  options,
  operand: {
    placeholder: "WHAT",
    help: "A shell, or what the scripts ask for.",
    choices: [...SHELLS, ...KNOWN],
    isOptional: false,
  },
  examples: [
    ["source <(pitboot completions bash)", "completion in this bash; in zsh with zsh"],
    ["pitboot completions fish | source", "completion in this fish"],
  ],
  run: async ({ flags, operand }, { context: { stdout }, root }) => {
    const shell = SHELLS.find((each) => each === operand);
    if (shell) stdout.write(completionsFor(shell, await manuals()));
    else {
      root.check();
      const words = operand === "nodes" ? await nodes(flags, root) : await releases(flags, root);
      stdout.write(words.map((word) => `${word}\n`).join(""));
    }
    return EXIT.done;
  },
};

async function nodes({ statics }: Flags<typeof options>, root: Root): Promise<string[]> {
  const { readStatics } = await import("../lib/nodes/read_statics.ts");
  const { bmcs } = readStatics(root, statics, { pit: "", nodes: null, exclude: null });
  return bmcs.map(({ node }) => node);
}

async function releases({ config, data }: Flags<typeof options>, root: Root): Promise<string[]> {
  const { listReleases } = await import("../lib/images/list_releases.ts");
  const { readRoles } = await import("../lib/nodes/read_roles.ts");
  return listReleases(root, data, readRoles(root, config));
}

if (import.meta.main) main(command);
