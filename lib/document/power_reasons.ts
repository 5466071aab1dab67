/**
 * Why the power of a node is in its state, where that is not for its BMC: stable words,
 * for programs.
 *
 * @module
 */

/** Every reason besides those of BMCs; they are only ever added. */
export const POWER_REASONS = [
  // refused
  "pit",
  "would-wipe",
  "may-wipe",
  "offline",
  "address-of-other",
  // skipped
  "not-ready",
  "check-failed",
  "not-in-document",
  "no-console",
  // failed
  "boot-refused",
  "boot-not-kept",
  "no-effect",
] as const;

/** Why the power of a node is in its state. */
export type PowerReason = typeof POWER_REASONS[number];
