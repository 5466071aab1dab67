/**
 * What a reason means for a BMC, and the words that several have.
 *
 * @module
 */

import type { BmcState } from "../document/document.ts";
import type { Typed } from "../document/hint.ts";

/** The facts that a hint names. */
export interface Concerned {
  /** The nodes whose BMCs are meant, as a range. */
  readonly nodes: string;
  /** The source of the password, for instance `IPMI_PASSWORD`. */
  readonly password: string;
}

/** What a reason means. */
export interface Meaning {
  readonly state: BmcState;
  readonly message: string;
  /** The next step; left out where a BMC was skipped. */
  readonly hint?: string | ((concerned: Concerned, typed: Typed) => string);
}

/**
 * Says how to give BMCs twice the time.
 *
 * @param concerned Which BMCs.
 * @param typed Writes the command.
 */
export function moreTime({ nodes }: Concerned, typed: Typed): string {
  const [, number, unit] = /^(\d+)(.*)$/.exec(typed.value("bmc-timeout") ?? "1m") ?? [];
  const again = typed.again("--bmc-timeout", `${2 * Number(number)}${unit}`, "--nodes", nodes);
  return `give it more time: ${again}`;
}

/** What is left where no protocol does it. */
export const BY_HAND = "set it in its web interface";
