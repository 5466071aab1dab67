/**
 * The argument that names a generation.
 *
 * @module
 */

import type { Operand } from "../cli/options.ts";
import { UsageError } from "../cli/parse_flags.ts";
import { printable } from "../text/printable.ts";

/** The argument of commands that work on a generation. */
export const GENERATION: Operand = {
  placeholder: "N",
  kind: "generation",
  help: "The number of a generation, as history shows it.",
  isOptional: true,
};

/**
 * Reads the argument.
 *
 * @param operand As typed, or `null`.
 * @returns A number from 0, or `null`.
 * @throws {UsageError} If it is something else.
 */
export function generationNumber(operand: string | null): number | null {
  if (operand === null) return null;
  if (/^\d{1,9}$/.test(operand)) return Number(operand);
  throw new UsageError(
    `${printable(operand)} is not the number of a generation, as pitboot history shows it`,
  );
}
