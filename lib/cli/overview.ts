/**
 * What `pitboot` alone says.
 *
 * @module
 */

import { EXIT_MEANINGS } from "../document/exit_codes.ts";
import { didYouMean } from "../text/nearest.ts";
import { printable } from "../text/printable.ts";
import type { Manual } from "./manual.ts";
import { PITBOOT } from "./program.ts";

/**
 * Lists the commands.
 *
 * @param commands The manuals of all commands.
 * @returns Lines, each ended.
 */
export function overview(commands: readonly Pick<Manual, "name" | "summary">[]): string {
  return [
    `pitboot - ${PITBOOT.summary}`,
    "",
    "Usage: pitboot COMMAND [OPTION]...",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`),
    "",
    "pitboot COMMAND --help is the manual of a command.",
    "The commands hand a document to each other:",
    "",
    "  pitboot resolve-images | pitboot bmc-dhcp | pitboot wait-leases | pitboot set-links",
    "",
    "Exit codes:",
    ...EXIT_MEANINGS.map(([code, meaning]) => `${String(code).padStart(5)}  ${meaning}`),
    "",
  ].join("\n");
}

/**
 * Refuses a word that is not a command.
 *
 * @param word What was typed.
 * @param commands The names of all commands.
 * @returns Lines, each ended.
 */
export function unknownCommand(word: string, commands: readonly string[]): string {
  const what = word.startsWith("-") ? "unknown option" : "unknown command";
  const guess = didYouMean(word, commands);
  return `pitboot: ${what} ${printable(word)}${guess}\n  hint: pitboot --help\n`;
}
