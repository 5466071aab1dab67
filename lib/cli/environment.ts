/**
 * The variables of the environment that commands read.
 *
 * @module
 */

/** What each variable is for. */
export const ENVIRONMENT = {
  CSM_RELEASE:
    "The release of CSM: nodes keep their images in a directory of that name (rd.live.dir=).",
  IPMI_PASSWORD:
    "The password of the BMCs. If it is set and empty, pitboot does not touch the BMCs and does not ask for a password.",
  LOGNAME: "The user recorded with a change, if SUDO_USER is not set.",
  NO_COLOR: "If not empty: no colour, unless --color asks for it.",
  PATH: "The directories in which pitboot finds other programs.",
  SUDO_USER: "The user recorded with a change.",
  TERM: "If “dumb”: no colour and no live display.",
} as const;

/** A variable that commands read. */
export type Variable = keyof typeof ENVIRONMENT;

/** Who made a change. */
export const WHO: readonly Variable[] = ["LOGNAME", "SUDO_USER"];

/**
 * Tells which variables a command reads.
 *
 * @param manual Its manual.
 * @returns Sorted, each with what it is for.
 */
export function variablesOf(
  { environment = [], options }: {
    readonly environment?: readonly Variable[];
    readonly options: Readonly<Record<string, unknown>>;
  },
): [name: string, words: string][] {
  const shown: readonly Variable[] = "color" in options ? ["NO_COLOR", "TERM"] : [];
  return [...new Set([...environment, ...shown])].sort().map((name) => [name, ENVIRONMENT[name]]);
}
