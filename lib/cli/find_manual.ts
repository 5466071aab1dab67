/**
 * Finds the manual of a command that was named.
 *
 * @module
 */

import { didYouMean } from "../text/nearest.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "./read_words.ts";

/**
 * Finds the manual of a command or of a format.
 *
 * @param name As typed.
 * @param manuals Those of all commands, perhaps of formats, too.
 * @throws {UsageError} If there is no such command; names the nearest.
 */
export function findManual<T extends { readonly name: string }>(
  name: string,
  manuals: readonly T[],
): T {
  const manual = manuals.find((each) => each.name === name);
  if (manual) return manual;
  const guess = didYouMean(name, manuals.map((each) => each.name));
  throw new UsageError(`unknown command ${printable(name)}${guess}`);
}
