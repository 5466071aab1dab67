/**
 * Says that what BMCs said could not be logged.
 *
 * @module
 */

import type { Report } from "../document/problems.ts";
import { hintFor, reasonOf } from "../io/failures.ts";
import { logPath } from "./bmc_log.ts";

/**
 * Makes the problem.
 *
 * @param flags Where the log is, and of which command.
 * @param error What was caught.
 */
export function logProblem(
  { "log-dir": directory, command }: { "log-dir": string; command?: string },
  error: unknown,
): Report {
  const path = logPath(directory, command);
  return ["log-unwritable", {
    message: `what ipmitool says is not logged: ${path}: ${reasonOf(error)}`,
    hint: hintFor(path, error, {
      hint: "name another directory with --log-dir",
      isSure: true,
    }),
  }];
}
