/**
 * The results for BMCs whose IPMI is off: each reason with its state, its words and the next
 * step.
 *
 * @module
 */

import type { BmcReason } from "../document/document.ts";
import { BY_HAND, type Meaning, moreTime } from "./meaning.ts";

/** The reasons that only Redfish gives. */
export type RedfishReason = Extract<
  BmcReason,
  | ("ipmi-off" | "starting" | "refused-login" | "password-expired" | "own-bmc")
  | ("no-redfish" | "no-tls" | "no-pin" | "wrong-pin" | "redirected" | "curl-failed")
  | ("in-post" | "no-interface" | "no-dhcp-setting" | "no-ipmi-switch" | "no-system")
>;

/** By reason. */
export const REDFISH_MEANINGS: Readonly<Record<RedfishReason, Meaning>> = {
  "ipmi-off": {
    state: "unreachable",
    message: "IPMI is off; Redfish answers",
    hint: ({ nodes }, typed) =>
      `let pitboot use it: ${typed.again("--redfish", "auto", "--nodes", nodes)}`,
  },
  "starting": {
    state: "unreachable",
    message: "is starting",
    hint: ({ nodes }, typed) =>
      `some take six minutes; then run again: ${typed.again("--nodes", nodes)}`,
  },
  "refused-login": {
    state: "denied",
    message: "the BMC refused user or password by Redfish",
    hint: ({ password }) =>
      `check ${password}, and the user (U:) of this console in conman.conf; a new iLO knows only Administrator`,
  },
  "password-expired": {
    state: "denied",
    message: "its password must be changed first",
    hint: "change it in its web interface",
  },
  "no-redfish": {
    state: "failed",
    message: "what answers there is not Redfish",
    hint: "check the address (dev=) of this console in conman.conf; see the log for what it said",
  },
  "no-tls": {
    state: "failed",
    message: "no TLS that it and curl speak",
    hint: `see the log for what curl said, or ${BY_HAND}`,
  },
  "no-pin": {
    state: "failed",
    message: "no key is pinned for it",
    hint: "add its address and the hash of its key to the file of --redfish-pin",
  },
  "wrong-pin": {
    state: "failed",
    message: "its key is not the one that is pinned",
    hint: "find out whether this is that BMC, before its pin is changed",
  },
  "redirected": { state: "failed", message: "it redirects to another server", hint: BY_HAND },
  "curl-failed": {
    state: "failed",
    message: "curl could not ask it",
    hint: "see the log for what curl said; it must be 7.66 or newer, with TLS",
  },
  "in-post": {
    state: "failed",
    message: "its host is still in its self-test (POST)",
    hint: (...its) => `wait until that is over, or ${moreTime(...its)}`,
  },
  "no-interface": {
    state: "failed",
    message: "cannot tell which network interface is its own",
    hint: `correct its MAC in statics.conf, or ${BY_HAND}`,
  },
  "no-dhcp-setting": {
    state: "failed",
    message: "its firmware does not offer DHCP by Redfish",
    hint: `${BY_HAND}, or update its firmware`,
  },
  "no-ipmi-switch": {
    state: "failed",
    message: "it does not offer to turn IPMI on by Redfish",
    hint: BY_HAND,
  },
  "no-system": {
    state: "failed",
    message: "cannot tell which system is its node",
    hint: BY_HAND,
  },
  "own-bmc": {
    state: "failed",
    message: "the PIT's own BMC is not set by Redfish",
    hint: `${BY_HAND}; its reset may take away what the PIT was booted from`,
  },
};
