/**
 * The manual of pitboot as a whole.
 *
 * @module
 */

import { EXIT } from "../document/exit_codes.ts";
import { COMMON_OPTIONS, type Manual } from "./manual.ts";
import { PROGRAM_NAME } from "./names.ts";
import { flag } from "./options.ts";

/** What to read first. */
export const USUAL_COMMANDS =
  "Usually you need two commands: pitboot run, then pitboot status. Neither powers on a node: that is the next step of the handbook.";

const { help, version } = COMMON_OPTIONS;

/** The manual of `pitboot` without a command. */
export const PITBOOT: Manual = {
  name: PROGRAM_NAME,
  summary: "set up what the nodes of an HPE Cray EX system boot from the PIT",
  description: [
    USUAL_COMMANDS,
    "Chooses the boot images of the nodes, switches their BMCs to DHCP, waits until each of them has a lease, and sets up what each node boots. It replaces set-sqfs-links.sh, in the releases of CSM whose PIT has that script (1.0 to 1.6).",
    "Each command passes a document, one JSON object, to the next: it reads it from standard input, adds to it, and writes it to standard output. Messages for people go to standard error. A link to pitboot that has the name of a command, or set-sqfs-links.sh, calls that command.",
  ],
  exits: Object.values(EXIT),
  options: { help, version, verbose: flag("With --version: also show how pitboot was built.") },
  examples: [
    ["pitboot run", "the whole job"],
    [
      "pitboot resolve-images | pitboot bmc-dhcp | pitboot wait-leases | pitboot set-links",
      "the same, step by step",
    ],
  ],
};
