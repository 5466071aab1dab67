/**
 * version: prints the version.
 *
 * Synopsis: pitboot version [OPTION]...
 * Output:   the version; with --verbose also how pitboot was built
 * Exit:     0 done, 1 failed, 2 usage
 *
 * @module
 */

import { COMMON_OPTIONS } from "../lib/cli/manual.ts";
import { versionText } from "../lib/cli/version.ts";
import type { Command } from "../lib/command/command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT, PLAIN_EXITS } from "../lib/document/exit_codes.ts";

const options = { ...COMMON_OPTIONS };

/** The command `version`. */
export const command: Command<typeof options> = {
  name: "version",
  summary: "print the version",
  description: ["Prints the version; with --verbose also how pitboot was built."],
  exits: PLAIN_EXITS,
  options,
  examples: [["pitboot version --verbose", "show what belongs into a bug report"]],
  run: ({ flags: { verbose } }, { context: { stdout } }) => {
    stdout.write(versionText({ verbose }));
    return EXIT.done;
  },
};

export { main };

if (import.meta.main) main(command);
