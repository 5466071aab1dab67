/**
 * Why a BMC is in its state: stable words, for programs.
 *
 * @module
 */

/** Every reason; they are only ever added. */
export const BMC_REASONS = [
  // unreachable
  "no-answer",
  "timed-out",
  "silent",
  "slow",
  "no-address",
  "ipmi-off",
  "starting",
  // denied
  "refused-user",
  "refused-password",
  "refused-role",
  "no-key",
  "refused-login",
  "password-expired",
  // failed: no session
  "no-session",
  "session-dropped",
  "no-suite",
  "no-ipmi-2",
  "no-shell",
  "not-started",
  "not-understood",
  "ipmitool-died",
  "ipmitool-hangs",
  // failed: in a session
  "no-channel",
  "no-source",
  "refused",
  "busy",
  "not-kept",
  "not-reset",
  // failed: by Redfish
  "no-redfish",
  "no-tls",
  "no-pin",
  "wrong-pin",
  "redirected",
  "curl-failed",
  "in-post",
  "no-interface",
  "no-dhcp-setting",
  "no-ipmi-switch",
  "no-system",
  "own-bmc",
  // unknown
  "session-lost",
  // skipped
  "no-password",
  "not-asked",
  "not-tried",
  "interrupted",
  "dry-run",
] as const;

/** Why a BMC is in its state. */
export type BmcReason = typeof BMC_REASONS[number];
