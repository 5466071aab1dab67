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
    "The password of the BMCs. If it is set and empty, the BMCs are left alone and nobody is asked.",
  LOGNAME: "Who made a change, for the history, if SUDO_USER is not set.",
  NO_COLOR: "If it is not empty: no colour, unless --color says so.",
  PATH: "Where other programs are looked for.",
  SUDO_USER: "Who made a change, for the history.",
  TERM: "If it is dumb: no colour, and nothing that moves.",
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
