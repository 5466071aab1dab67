/**
 * install: installs links, manual pages and completion.
 *
 * Synopsis: pitboot install [OPTION]...
 * Output:   what was done, a line each
 * Exit:     0 done, 1 failed, 2 usage
 *
 * @module
 */

import { COMMON_OPTIONS, DRY_RUN_OPTIONS } from "../lib/cli/manual.ts";
import type { Command } from "../lib/command/command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT, PLAIN_EXITS } from "../lib/document/exit_codes.ts";
import { install, INSTALL_OPTIONS } from "../lib/install/install.ts";
import { manuals } from "./commands.ts";

const options = { ...INSTALL_OPTIONS, ...DRY_RUN_OPTIONS, ...COMMON_OPTIONS };

/** The command `install`. */
export const command: Command<typeof options> = {
  name: "install",
  summary: "install links, manual pages and completion",
  description: [
    "Makes links that call the commands directly: pitboot, resolve-images, bmc-dhcp, wait-leases, set-links and set-sqfs-links.sh. An old set-sqfs-links.sh is kept as set-sqfs-links.sh.orig. Manual pages and completion for bash, fish and zsh go below /usr/local/share, unless the package has brought them.",
    "Everything is planned first; if something else is in the way, nothing is changed. What is already correct is not touched. What pitboot made is recorded in the state directory.",
    "--uninstall removes what is recorded, but nothing that was changed since. An old set-sqfs-links.sh is restored.",
  ],
  exits: PLAIN_EXITS,
  options,
  examples: [
    ["pitboot install --dry-run", "show what would be done"],
    ["pitboot install --uninstall", "undo it"],
  ],
  run: async ({ flags }, host) => {
    await install(flags, host, manuals);
    return EXIT.done;
  },
};

export { main };

if (import.meta.main) main(command);
