/**
 * The names that pitboot is called by. Without any import: a start needs them.
 *
 * @module
 */

/** The name of the program. */
export const PROGRAM_NAME = "pitboot";

/** The shell script that `run` replaces. */
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
export const NAMES: readonly string[] = [PROGRAM_NAME, ...LINKED.map(([link]) => link)];

/**
 * Tells which links call a command.
 *
 * @param command The command.
 * @returns Their names.
 */
export function linksTo(command: string): string[] {
  return LINKED.filter(([, called]) => called === command).map(([link]) => link);
}
