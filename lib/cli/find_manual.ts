/**
 * Finds the manual of a command that was named.
 *
 * @module
 */

import { didYouMean } from "../text/nearest.ts";
import { printable } from "../text/printable.ts";
import type { Manual } from "./manual.ts";
import { UsageError } from "./read_words.ts";

/**
 * Finds the manual of a command.
 *
 * @param name As typed.
 * @param manuals Those of all commands.
 * @throws {UsageError} If there is no such command; names the nearest.
 */
export function findManual(name: string, manuals: readonly Manual[]): Manual {
  const manual = manuals.find((each) => each.name === name);
  if (manual) return manual;
  const guess = didYouMean(name, manuals.map((each) => each.name));
  throw new UsageError(`there is no command ${printable(name)}${guess}`);
}
