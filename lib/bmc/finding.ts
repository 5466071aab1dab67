/**
 * The results for a BMC: each reason with its state, its words and the next step.
 *
 * @module
 */

import type { Bmc, BmcReason } from "../document/document.ts";
import type { Hint } from "../document/hint.ts";
import { BY_HAND, type Concerned, type Meaning, moreTime } from "./meaning.ts";
import { REDFISH_MEANINGS } from "./redfish_meanings.ts";

/** The state of a BMC, and why it is in it. */
export interface Finding extends Pick<Bmc, "state" | "message" | "by" | "ipmi"> {
  /** `null` where all is well. */
  readonly reason: BmcReason | null;
}

/** Why a BMC is not known to be on DHCP. */
export interface Trouble extends Finding {
  readonly reason: BmcReason;
  readonly message: string;
}

const BUSY: Meaning["hint"] = (...its) => `look for a busy network or BMC, and ${moreTime(...its)}`;
const REFUSED_LOGIN: Meaning = {
  state: "denied",
  message: "the BMC refused user or password",
  hint: ({ password }) => `check ${password}, and the user (U:) of this console in conman.conf`,
};
const CHANNELS = "1 on most, 3 on Intel, 2 on some HP and Fujitsu";

const MEANINGS: Readonly<Record<BmcReason, Meaning>> = {
  ...REDFISH_MEANINGS,
  "no-answer": {
    state: "unreachable",
    message: "no answer",
    hint:
      "check cable, power and address; one that is starting needs more time: --bmc-timeout 2m; it answers neither to IPMI over LAN nor to Redfish",
  },
  "timed-out": {
    state: "unreachable",
    message: "no answer",
    hint: (...its) => `check cable, power and address, or ${moreTime(...its)}`,
  },
  "silent": { state: "unreachable", message: "stopped answering", hint: BUSY },
  // Its password may well be right.
  "slow": { state: "unreachable", message: "answers too slowly", hint: BUSY },
  "no-address": {
    state: "unreachable",
    message: "its address cannot be found",
    hint: "check the name or address (dev=) of this console in conman.conf",
  },

  "refused-user": REFUSED_LOGIN,
  "refused-password": REFUSED_LOGIN,
  "refused-role": {
    state: "denied",
    message: "the BMC does not let this user be an administrator",
    hint:
      "name another user (U:) for this console in conman.conf, or give this user administrator rights",
  },
  "no-key": {
    state: "denied",
    message: "the BMC accepts the password, but needs its K_g key",
    hint:
      'name its K_g key for this console in conman.conf: ipmiopts="…,K:KEY" (up to 20 ASCII characters, or 0x and their hexadecimal digits)',
  },
  "no-session": {
    state: "failed",
    message: "the BMC has no free session",
    hint: "wait a minute for old sessions to end, or reset it in its web interface",
  },
  "session-dropped": {
    state: "failed",
    message: "the BMC drops the session while it is being opened",
    hint: (...its) => `${moreTime(...its)}; or reset it in its web interface`,
  },
  "no-suite": {
    state: "failed",
    message: "the BMC refused every cipher suite that was tried",
    hint: "find its suites with ipmitool channel getciphers ipmi, and name one with --cipher",
  },
  "no-ipmi-2": { state: "failed", message: "the BMC does not speak IPMI 2.0", hint: BY_HAND },
  "no-shell": {
    state: "failed",
    message: "this ipmitool has no shell",
    hint: "install an ipmitool that was built with readline, as SLES and Debian have it",
  },
  "not-started": {
    state: "failed",
    message: "ipmitool could not be started",
    hint: "if it says too many open files: lower --fanout, or raise ulimit -n",
  },
  "not-understood": {
    state: "failed",
    message: "ipmitool gave no reason",
    hint: "see the log for what ipmitool said",
  },
  "ipmitool-died": {
    state: "failed",
    message: "ipmitool was ended",
    hint: "find out who ends it: journalctl -k names what the kernel ended for lack of memory",
  },
  "ipmitool-hangs": {
    state: "failed",
    message: "ipmitool does not end",
    hint: "run again when that process has ended: its session may be open as long",
  },

  "no-channel": {
    state: "failed",
    message: "the BMC does not say which LAN channel this is",
    hint: `name it with --channel: ${CHANNELS}`,
  },
  "no-source": {
    state: "failed",
    message: "the source of its address cannot be read",
    hint: `name another --channel: ${CHANNELS}`,
  },
  "refused": {
    state: "failed",
    message: "refused",
    hint: `${BY_HAND}, where it may be locked`,
  },
  "busy": {
    state: "failed",
    message: "still refused when the timeout was reached",
    hint: moreTime,
  },
  "not-kept": {
    state: "failed",
    message: "the BMC accepted the setting but did not keep it",
    hint: ({ nodes }, typed) =>
      `reset it: ${typed.command("bmc-dhcp", "--reset", "--nodes", nodes)}; or ${BY_HAND}`,
  },
  "not-reset": {
    state: "failed",
    message: "it refused to be reset",
    hint: "reset it in its web interface",
  },

  "session-lost": {
    state: "unknown",
    message: "the session was lost after the setting was sent",
    hint: ({ nodes }, typed) =>
      `its lease decides: ${typed.command("wait-leases", "--nodes", nodes)}`,
  },

  "no-password": { state: "skipped", message: "no password" },
  "not-asked": { state: "skipped", message: "not asked: the first ones refused the password" },
  "not-tried": { state: "skipped", message: "not tried" },
  "interrupted": { state: "skipped", message: "interrupted" },
  "dry-run": { state: "skipped", message: "dry run" },
};

/**
 * Says in which state a BMC is for a reason.
 *
 * @param reason Why it is not known to be on DHCP.
 * @param message Words that say more than those of the reason.
 */
export function found(
  reason: BmcReason,
  message: string = MEANINGS[reason].message,
): Trouble {
  return { state: MEANINGS[reason].state, reason, message };
}

/**
 * Says the next step.
 *
 * @param reason Why BMCs are not known to be on DHCP.
 * @param concerned Which, and what they were asked with.
 * @returns Nothing where they were skipped.
 */
export function hintOf(reason: BmcReason, concerned: Concerned): Hint | undefined {
  const { hint } = MEANINGS[reason];
  return typeof hint === "function" ? (typed) => hint(concerned, typed) : hint;
}
