/**
 * The commands for `ipmitool shell`, and what the answers mean.
 *
 * The source of a BMC's address is read and written by the raw commands of the
 * IPMI specification (v2.0, 23.1 and 23.2) instead of `lan print` and `lan
 * set`: one round trip to read it instead of twenty, and no read-back loop of
 * half a minute if the BMC moves to its new address at once.
 *
 * @module
 */

import type { BmcState } from "../document/document.ts";

/** Asks which channel this session uses: no guess by manufacturer needed. */
export const CHANNEL_INFO = "channel info";
/** Restarts a BMC: some act on the setting only then. */
export const COLD_RESET = "mc reset cold";

/** The command that reads where channel `n` takes its address from. */
export function getAddressSource(channel: number): string {
  return `raw 0x0c 0x02 ${hex(channel)} ${hex(ADDRESS_SOURCE)} 0x00 0x00`;
}

/**
 * The commands that make channel `n` ask for its address by DHCP, in the order
 * in which `lan set` sends them. Only the second is sure to be known to a BMC;
 * some act on nothing before the commit, others refuse it.
 */
export function setAddressSourceDhcp(channel: number): string[] {
  const set = (parameter: number, value: number): string =>
    `raw 0x0c 0x01 ${hex(channel)} ${hex(parameter)} ${hex(value)}`;
  return [
    set(SET_IN_PROGRESS, 1),
    set(ADDRESS_SOURCE, DHCP),
    set(SET_IN_PROGRESS, 2), // commit
    set(SET_IN_PROGRESS, 0), // complete
  ];
}

/**
 * Reads the answer to {@linkcode CHANNEL_INFO}.
 *
 * @param reply What ipmitool printed.
 * @returns The number of the LAN channel, `null` if it names none.
 *
 * @example
 * ```ts
 * import { parseChannelInfo } from "./ipmi.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   parseChannelInfo("Channel 0x3 info:\n  Channel Medium Type   : 802.3 LAN\n"),
 *   3,
 * );
 * ```
 */
export function parseChannelInfo(reply: string): number | null {
  const match = /^Channel 0x([0-9a-f]{1,2}) info:\s*\n\s*Channel Medium Type\s*:\s*802\.3 LAN/im
    .exec(reply);
  return match?.[1] === undefined ? null : parseInt(match[1], 16);
}

/** Where a BMC takes its address from. */
export type AddressSource = "dhcp" | "other";

/**
 * Tells whether a command got no answer at all.
 *
 * @param reply What ipmitool printed: at least an empty line, if the BMC
 * answered with success.
 * @param said What it wrote to standard error until now: a BMC that answered
 * with a refusal leaves its completion code in the last line.
 */
export function isUnanswered(reply: string, said: string): boolean {
  const last = said.trimEnd().split("\n").at(-1) ?? "";
  return reply === "" && /unable to send/i.test(last) && !last.includes("rsp=0x");
}

/**
 * Reads the answer to {@linkcode getAddressSource}: a revision and a byte whose
 * low half is 1 for static, 2 for DHCP, 3 for the BIOS.
 *
 * @param reply What ipmitool printed, for instance ` 11 02`.
 * @returns `null` if it is no such answer.
 */
export function parseAddressSource(reply: string): AddressSource | null {
  const match = /^ *[0-9a-f]{2} ([0-9a-f]{2}) *$/im.exec(reply);
  if (match?.[1] === undefined) return null;
  return (parseInt(match[1], 16) & 0x0f) === DHCP ? "dhcp" : "other";
}

/** Why a BMC was not set, and what to do about it. */
export interface BmcFault {
  readonly state: BmcState;
  readonly message: string;
  readonly hint: string;
}

/**
 * ipmitool asked again, took the late answer to its first question for the one
 * to its second, and finds it wrong: the password may well be right.
 */
const LATE_ANSWER = /no response from RAKP|Unexpected RAKP|Request Match NOT FOUND/i;

/** Texts of ipmitool and OpenIPMI-based BMCs, the most specific first. */
const FAULTS: readonly (BmcFault & { readonly text: RegExp })[] = [
  {
    text: LATE_ANSWER,
    state: "unreachable",
    message: "answers too slowly",
    hint: "look for a busy network or BMC, and give it more time: --bmc-timeout 2m",
  },
  {
    text:
      /RAKP 2 HMAC is invalid|RAKP 2 message indicates an error|unauthorized name|password.*(?:invalid|verification error)|insufficient privilege/i,
    state: "denied",
    message: "the BMC refused user or password",
    hint: "check IPMI_PASSWORD, and the user (U:) of this console in conman.conf",
  },
  {
    text: /insufficient resources for session/i,
    state: "failed",
    message: "the BMC has no free session",
    hint: "wait a minute for old sessions to end, or reset it: pitboot bmc-dhcp --reset",
  },
  {
    text: /without readline support/i,
    state: "failed",
    message: "this ipmitool has no shell",
    hint: "install an ipmitool that was built with readline, as SLES and Debian have it",
  },
  {
    text:
      /Error in open session response message|no matching cipher suite|invalid (?:authentication|integrity|confidentiality) algorithm/i,
    state: "failed",
    message: "the BMC refused every cipher suite that was tried",
    hint: "find its suites with ipmitool channel getciphers ipmi, and name one with --cipher",
  },
  {
    text: /Unable to establish|Get Auth Capabilities error|no response|timed? ?out/i,
    state: "unreachable",
    message: "no answer",
    hint:
      "check cable, power and address; IPMI over LAN may be off (new HPE iLOs: turn it on by Redfish)",
  },
];

/** Only another suite can help. */
const WRONG_CIPHER =
  /no matching cipher suite|invalid (?:authentication|integrity|confidentiality) algorithm/i;

/**
 * Tells whether a session failed only because of its cipher suite.
 *
 * @param said What ipmitool wrote to standard error.
 */
export function refusedCipher(said: string): boolean {
  return WRONG_CIPHER.test(said);
}

/**
 * Tells whether a session failed because the BMC was too slow for ipmitool's
 * retries.
 *
 * @param said What ipmitool wrote to standard error.
 */
export function answeredLate(said: string): boolean {
  return LATE_ANSWER.test(said);
}

/**
 * Finds out why a session could not be opened, or a command failed.
 *
 * @param said What ipmitool wrote to standard error, with `-v`.
 */
export function faultOf(said: string): BmcFault {
  const known = FAULTS.find(({ text }) => text.test(said));
  if (known) {
    return { state: known.state, message: known.message, hint: known.hint };
  }
  const words = said.trim().split("\n").at(-1)?.slice(0, 200) ||
    "ipmitool gave no reason";
  return {
    state: "failed",
    message: words,
    hint: "see the log for what ipmitool said",
  };
}

/** Parameters of the LAN configuration. */
const SET_IN_PROGRESS = 0;
const ADDRESS_SOURCE = 4;
const DHCP = 2;

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
