/**
 * Why there is no session with a BMC, by the words of ipmitool.
 *
 * @module
 */

import type { BmcState } from "../document/document.ts";
import { THE_PASSWORD } from "./bmc_report.ts";

/**
 * What a session that did not open, or broke, means for the next one:
 *
 * - `dead`: the BMC has answered nothing at all.
 * - `silent`: it has answered, and then no more.
 * - `slow`: it answers later than ipmitool waits.
 * - `suite`: it refuses a session of this cipher suite.
 * - `mismatch`: user or password is wrong, or its reckoning with this suite.
 * - `full`: it cannot just now.
 * - `denied`: it does not let this user in.
 * - `old`: it seems to know IPMI 1.5 only. ipmitool asks for less if a question
 *   got no answer, and may so hear less than there is.
 * - `failed`: another session would fare no better.
 */
export type EndKind =
  | "dead"
  | "silent"
  | "slow"
  | "suite"
  | "mismatch"
  | "full"
  | "denied"
  | "old"
  | "failed";

/** Why there is no session, and what to do about it. */
export interface SessionEnd {
  readonly kind: EndKind;
  readonly state: BmcState;
  readonly message: string;
  readonly hint: string;
}

const DENIED = {
  state: "denied",
  message: "the BMC refused user or password",
  hint: `check ${THE_PASSWORD}, and the user (U:) of this console in conman.conf`,
} as const;

/** What it is called if a BMC answers no more, wherever that shows. */
export const FELL_SILENT: SessionEnd = {
  kind: "silent",
  state: "unreachable",
  message: "fell silent: it answered, and then no more",
  hint: "look for a busy network or BMC, and give it more time: --bmc-timeout 2m",
};

/** Texts of ipmitool 1.8.18 and 1.8.19 with `-v`, the first that fits counts. */
const ENDS: readonly (SessionEnd & { readonly text: RegExp })[] = [
  {
    text: /insufficient resources/i,
    kind: "full",
    state: "failed",
    message: "the BMC has no free session",
    hint: "wait a minute for old sessions to end, or restart it in its web interface",
  },
  {
    text: /inactive session/i,
    kind: "full",
    state: "failed",
    message: "the BMC forgets the session while it is being opened",
    hint: "give it more time: --bmc-timeout 2m; or restart it in its web interface",
  },
  {
    // ipmitool asked again, took the late answer to its first question for the
    // one to its second, and finds it wrong: the password may well be right.
    text: /Unexpected (?:Open Session|RAKP)|Request Match NOT FOUND/i,
    kind: "slow",
    state: "unreachable",
    message: "answers too slowly",
    hint: "look for a busy network or BMC, and give it more time: --bmc-timeout 2m",
  },
  {
    text: /unauthorized name|password.*(?:invalid|verification error)/i,
    kind: "denied",
    ...DENIED,
  },
  {
    text: /insufficient privilege|(?:unauthorized|invalid) role/i,
    kind: "denied",
    state: "denied",
    message: "the BMC does not let this user be an administrator",
    hint: "name another user (U:) for this console in conman.conf, or give this one the right",
  },
  {
    text: /HMAC is invalid|invalid integrity check value/i,
    kind: "mismatch",
    ...DENIED,
  },
  {
    text: /Error in open session response|message indicates an error|Unsupported cipher suite/i,
    kind: "suite",
    state: "failed",
    message: "the BMC refused every cipher suite that was tried",
    hint: "find its suites with ipmitool channel getciphers ipmi, and name one with --cipher",
  },
  {
    text: /without readline|shell is disabled/i,
    kind: "failed",
    state: "failed",
    message: "this ipmitool has no shell",
    hint: "install an ipmitool that was built with readline, as SLES and Debian have it",
  },
  {
    text: /Address lookup for .* failed|Could not open socket/i,
    kind: "failed",
    state: "unreachable",
    message: "its address cannot be found",
    hint: "check the name or address (dev=) of this console in conman.conf",
  },
  {
    text: /does not support IPMI v2/i,
    kind: "old",
    state: "failed",
    message: "the BMC does not speak IPMI 2.0",
    hint: "set it in its web interface",
  },
  {
    text: /Get Auth Capabilities error\s*$/im,
    kind: "dead",
    state: "unreachable",
    message: "no answer",
    hint:
      "check cable, power and address; IPMI over LAN may be off (new HPE iLOs: turn it on by Redfish)",
  },
  {
    ...FELL_SILENT,
    text: /no response|Unable to establish|Get Auth Capabilities error|timed? ?out/i,
  },
];

/**
 * Finds out why a session could not be opened, or broke.
 *
 * @param said What ipmitool wrote to standard error, with `-v`.
 *
 * @example
 * ```ts
 * import { sessionEnd } from "./session_end.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const said = "RAKP 2 message indicates an error : unauthorized name\n";
 * assertEquals(sessionEnd(said).state, "denied");
 * ```
 */
export function sessionEnd(said: string): SessionEnd {
  const known = ENDS.find(({ text }) => text.test(said));
  if (known) {
    const { text: _text, ...end } = known;
    return end;
  }
  const words = said.trim().split("\n").at(-1)?.slice(0, 200) || "ipmitool gave no reason";
  return {
    kind: "failed",
    state: "failed",
    message: words,
    hint: "see the log for what ipmitool said",
  };
}

/**
 * Reads which cipher suite ipmitool has chosen among those that a BMC names.
 *
 * @param said What it wrote to standard error, with `-v`.
 * @returns `null` if it did not say.
 */
export function chosenSuite(said: string): number | null {
  const number = /Using best available cipher suite (\d+)/i.exec(said)?.[1];
  return number === undefined ? null : Number(number);
}
