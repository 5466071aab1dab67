/**
 * Makes a problem of whatever was thrown.
 *
 * @module
 */

import { FormatError } from "../text/format_error.ts";
import { Failure } from "../document/problems.ts";

/**
 * Makes a problem of an error.
 *
 * @param error What was caught.
 * @returns It, or one that says of it what an administrator can use.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof FormatError
    ? new Failure("file-invalid", { message, hint: "correct that line and run again" }, error)
    : new Failure("failed", {
      message,
      hint: "run again with --verbose and report what it says",
    }, error);
}
