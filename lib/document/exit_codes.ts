/**
 * The exit codes: one table for the code, the help and the README.
 *
 * @module
 */

/** Every exit code by name. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  denied: 4,
  images: 5,
  timeout: 124,
  interrupted: 130,
} as const;

/** The exit code of a command. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** How a command that only shows something may end. */
export const PLAIN_EXITS: readonly ExitCode[] = [EXIT.done, EXIT.failed, EXIT.usage];

/** The meaning of each exit code, for people. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.done, "done"],
  [EXIT.failed, "failed; nothing, or only part, was done"],
  [EXIT.usage, "usage: an option or argument is wrong"],
  [EXIT.partial, "partial: some nodes are not ready"],
  [EXIT.denied, "a BMC refused the credentials; no other one lacks a lease"],
  [EXIT.images, "images missing or unusable"],
  [EXIT.timeout, "timed out waiting for leases or a document"],
  [EXIT.interrupted, "interrupted; what was done is in the document"],
];
