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
  // denied
  "refused-user",
  "refused-password",
  "refused-role",
  "no-key",
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
