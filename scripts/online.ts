/**
 * online: give nodes back what they had before offline.
 *
 * Synopsis: pitboot online [OPTION]... --nodes RANGE
 * Output:   a table; with --json a document with `nodes`
 * Exit:     0 done, 3 some nodes are not ready, 5 images missing or unusable, 1 failed, 2 usage,
 *           130 interrupted
 *
 * @module
 */

import { WHO } from "../lib/cli/environment.ts";
import { DOCUMENT_OPTIONS, DRY_RUN_OPTIONS } from "../lib/cli/manual.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { ONLINE_OPTIONS, putOnline } from "../lib/links/offline.ts";
import { mustName } from "../lib/nodes/node_choice.ts";

const options = { ...ONLINE_OPTIONS, ...DRY_RUN_OPTIONS, ...DOCUMENT_OPTIONS };

/** The command `online`. */
export const command = documentCommand<typeof options>({
  name: "online",
  summary: "give nodes back what they had before offline",
  description: [
    "Puts back what offline took away: first the three links, then script.ipxe, as they were. A node whose image does not exist any more, is unusable or was not whole is named and left offline; the others come back.",
    "With --forget what they had is dropped, an edited script is saved in the state directory, and run sets the nodes up anew.",
    "Nodes must be named with --nodes. Reads statics.conf; shows a table, or with --json a document with nodes.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.partial, EXIT.images, EXIT.interrupted],
  options,
  environment: WHO,
  examples: [
    ["pitboot online --nodes ncn-w003", "it boots what it booted before"],
    [
      "pitboot online --forget --nodes ncn-w003 && pitboot run --nodes ncn-w003",
      "with the newest image",
    ],
  ],
  shows: ["nodes"],
  isAlone: true,
  check: ({ flags }) => mustName(flags),
  stage: putOnline,
});

export { main };

if (import.meta.main) main(command);
