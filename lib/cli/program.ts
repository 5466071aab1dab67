/**
 * pitboot as a whole: its own manual, and the names that links to it have.
 *
 * @module
 */

import { COMMON_OPTIONS, type Manual } from "./manual.ts";
import { flag } from "./options.ts";

const { help, version } = COMMON_OPTIONS;

/** The manual of `pitboot` without a command. */
export const PITBOOT: Manual = {
  name: "pitboot",
  summary: "put the boot repositories of a PIT in order",
  description: [
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

/** The shell script whose place we take; it did what `run` does. */
export const PREDECESSOR = "set-sqfs-links.sh";

/** Links that call a command directly, each with its command. */
export const LINKED: readonly (readonly [link: string, command: string])[] = [
  ["bmc-dhcp", "bmc-dhcp"],
  ["resolve-images", "resolve-images"],
  ["set-links", "set-links"],
  [PREDECESSOR, "run"],
  ["wait-leases", "wait-leases"],
];

/** All names that the program is called by. */
export const NAMES: readonly string[] = [PITBOOT.name, ...LINKED.map(([link]) => link)];

/**
 * Tells which links call a command.
 *
 * @param command The command.
 * @returns Their names.
 */
export function linksTo(command: string): string[] {
  return LINKED.filter(([, called]) => called === command).map(([link]) => link);
}
