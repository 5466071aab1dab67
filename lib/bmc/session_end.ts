/**
 * Why there is no session with a BMC, by the words of ipmitool.
 *
 * @module
 */

import type { BmcReason } from "../document/document.ts";
import { found, type Trouble } from "./finding.ts";

/** At that command, the words for completion codes that may be others a second later. */
const PASSING_AT_LEVEL =
  /Set Session Privilege Level .* failed: (?:Node busy|Timeout|.*(?:could not be provided|duplicated|update mode|initialization|present state))/i;

/**
 * Texts of ipmitool 1.8.18 and 1.8.19 with `-v`, the first that fits counts: what is
 * tried again before what ends it, as a lost packet makes the words after it untrue.
 */
const REASONS: readonly (readonly [RegExp, BmcReason])[] = [
  [/insufficient resources/i, "no-session"],
  [/inactive session/i, "session-dropped"],
  // ipmitool asked again, took the late answer to its first question for the
  // one to its second, and finds it wrong: the password may well be right.
  [/Unexpected (?:Open Session|RAKP)|Request Match NOT FOUND/i, "slow"],
  // The packet that was lost, or comes late, is answered in the place of another.
  [/no response from RAKP/i, "silent"],
  [/unauthorized name|password.*(?:invalid|verification error)/i, "refused-user"],
  // ipmitool has no words for codes of one command: not at this level, above the user's.
  [/Set Session Privilege Level .*\(0x(?:80|81|d4)\)/i, "refused-role"],
  [PASSING_AT_LEVEL, "silent"],
  [/Set Session Privilege Level .* failed: (?!Insufficient privilege)/i, "refused"],
  [/insufficient privilege|(?:unauthorized|invalid) role/i, "refused-role"],
  // The password, with which RAKP 2 was reckoned, was right.
  [/RAKP 4 message has invalid integrity check value/i, "no-key"],
  [/HMAC is invalid|invalid integrity check value/i, "refused-password"],
  [
    /Error in open session response|message indicates an error|Unsupported cipher suite/i,
    "no-suite",
  ],
  [/without readline|shell is disabled/i, "no-shell"],
  [/Address lookup for .* failed|Could not open socket/i, "no-address"],
  // ipmitool asks for less if a question got no answer, and may so hear less
  // than there is.
  [/does not support IPMI v2/i, "no-ipmi-2"],
  [/Get Auth Capabilities error\s*$/im, "no-answer"],
  [/no response|Unable to establish|Get Auth Capabilities error|timed? ?out/i, "silent"],
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
 * assertEquals(sessionEnd(said).reason, "refused-user");
 * ```
 */
export function sessionEnd(said: string): Trouble {
  const [, reason] = REASONS.find(([words]) => words.test(said)) ?? [];
  if (reason === "refused") return found(reason, `refused (${codeOrWords(said)})`);
  if (reason) return found(reason);
  const quoted = said.trim().split("\n").at(-1)?.slice(0, 200);
  return found("not-understood", quoted || undefined);
}

/** The completion code of a session command, or ipmitool's words for it. */
function codeOrWords(said: string): string {
  const words = / failed: (.+)/i.exec(said)?.[1]?.trim() ?? "";
  return words.toLowerCase().replace(/^unknown \((0x[0-9a-f]{2})\)$/, "code $1");
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
