/**
 * The manual of pitboot as a whole.
 *
 * @module
 */

import { COMMON_OPTIONS, type Manual } from "./manual.ts";
import { PROGRAM_NAME } from "./names.ts";
import { flag } from "./options.ts";

/** What to read first. */
export const MOST_OF_THE_TIME = "Most of the time: pitboot run, then pitboot status.";

const { help, version } = COMMON_OPTIONS;

/** The manual of `pitboot` without a command. */
export const PITBOOT: Manual = {
  name: PROGRAM_NAME,
  summary: "put the boot repositories of a PIT in order",
  description: [
    MOST_OF_THE_TIME,
    "Chooses the boot images of the nodes, turns their BMCs to DHCP, waits until all of them have a lease, and sets up what each node boots. It takes the place of set-sqfs-links.sh.",
    "The commands hand a document to each other, one JSON object: each reads it from standard input, adds to it, and writes it to standard output. Everything for people goes to standard error. Called by a link that is named as a command, or set-sqfs-links.sh, it is that command.",
  ],
  options: { help, version, verbose: flag("With --version: say how it was built, too.") },
  examples: [
    ["pitboot run", "the whole job"],
    [
      "pitboot resolve-images | pitboot bmc-dhcp | pitboot wait-leases | pitboot set-links",
      "the same, piece by piece",
    ],
  ],
};
