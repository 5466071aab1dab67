/**
 * Hints as somebody reads them who typed `pitboot run`.
 *
 * @module
 */

import { TypedCommands } from "../lib/cli/typed_commands.ts";
import { type Hint, hintText } from "../lib/document/hint.ts";
import type { ProblemDetails, Report } from "../lib/document/problems.ts";

/** Writes commands for somebody who typed `pitboot run`. */
export const TYPED: TypedCommands = new TypedCommands({ name: "run", options: {} }, {
  name: "pitboot run",
  args: [],
  env: () => undefined,
});

/** Writes a hint; none is an empty text. */
export function hintOf(hint: Hint | undefined): string {
  return hintText(hint, TYPED) ?? "";
}

/** The same problems, with their hints as text. */
export function withHints(reports: readonly Report[]): Report[] {
  return reports.map(([code, details]) => [code, withHint(details)]);
}

function withHint(details: ProblemDetails): ProblemDetails {
  return details.hint === undefined ? details : { ...details, hint: hintOf(details.hint) };
}
