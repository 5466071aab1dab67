/**
 * Options in front of the command: `pitboot --json status`.
 *
 * @module
 */

import { COMMAND_NAME, type Manual } from "./manual.ts";
import { readWords, UsageError } from "./read_words.ts";

/**
 * Tells whether words in front of a command are options for it. What it refuses
 * counts as one, so that it is refused by the table of that command.
 *
 * @param words All words before the command.
 * @param command The manual of the command.
 * @returns Whether the next word can be the command: not the value of an option.
 *
 * @example
 * ```ts
 * import { areOptions } from "./leading_options.ts";
 * import { COMMON_OPTIONS } from "./manual.ts";
 * import { assert } from "@std/assert";
 *
 * const command = { options: COMMON_OPTIONS };
 * assert(areOptions(["--root", "/mnt", "-v"], command));
 * assert(!areOptions(["--root"], command));
 * ```
 */
export function areOptions(words: readonly string[], command: Pick<Manual, "options">): boolean {
  const [first = ""] = words;
  if (!first.startsWith("-")) return false;
  const { options } = command;
  try {
    const { operand: argument, isWaiting } = readWords({ options, operand: COMMAND_NAME }, words);
    return argument === null && !isWaiting;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return true;
  }
}
