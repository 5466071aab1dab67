/**
 * offline: keep nodes from booting for a while.
 *
 * Synopsis: pitboot offline [OPTION]... --nodes RANGE
 * Output:   a table; with --json a document with `nodes`
 * Exit:     0 done, 3 some nodes are not ready, 1 failed, 2 usage,
 *           130 interrupted
 *
 * @module
 */

import { WHO } from "../lib/cli/environment.ts";
import { DOCUMENT_OPTIONS, DRY_RUN_OPTIONS } from "../lib/cli/manual.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { OFFLINE_OPTIONS, takeOffline } from "../lib/links/offline.ts";
import { mustName } from "../lib/nodes/node_choice.ts";

const options = { ...OFFLINE_OPTIONS, ...DRY_RUN_OPTIONS, ...DOCUMENT_OPTIONS };

/** The command `offline`. */
export const command = documentCommand<typeof options>({
  name: "offline",
  summary: "keep nodes from booting for a while",
  description: [
    "Takes away what the named nodes boot: first script.ipxe, then the three links. All four wait in .offline/ of the boot directory, which nobody but root can enter; the node boots into the menu. A node that has no boot directory gets one with nothing but that mark in it.",
    "run and set-links leave such nodes alone and say so, status shows them as offline, and online gives them back what they had, also a script that somebody edited.",
    "A node without whole links is named: online cannot give it back. Nodes must be named with --nodes. Reads statics.conf; shows a table, or with --json a document with nodes.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.partial, EXIT.interrupted],
  options,
  environment: WHO,
  examples: [
    ["pitboot offline --nodes ncn-w003", "it boots into the menu from now on"],
    ["pitboot offline --nodes ncn-w[001-004] --dry-run", "what would be taken away"],
  ],
  shows: ["nodes"],
  isAlone: true,
  check: ({ flags }) => mustName(flags),
  stage: takeOffline,
});

export { main };

if (import.meta.main) main(command);
