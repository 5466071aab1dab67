/**
 * The command line that does the same again, for some nodes.
 *
 * @module
 */

import { shellWords } from "./shell_words.ts";

/** Options by which nodes are chosen. */
const CHOICE = /^--(nodes|exclude)(=|$)/;

/**
 * Writes the command line that does the same for other nodes: a person who chose a release
 * or a path chose it for them, too.
 *
 * @param range The nodes, as a range.
 * @param name What pitboot was called by.
 * @param args Its arguments.
 * @returns A line to copy into a shell.
 *
 * @example
 * ```ts
 * import { commandFor } from "./command_for.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const args = ["--nodes", "ncn-w*", "--arch=x86_64"];
 * assertEquals(commandFor("ncn-w003", "pitboot run", args), "pitboot run --arch=x86_64 --nodes ncn-w003");
 * ```
 */
export function commandFor(range: string, name: string, args: readonly string[]): string {
  const kept = args.filter((word, i) => {
    const isValue = i > 0 && CHOICE.exec(args[i - 1] ?? "")?.[2] === "";
    return !CHOICE.test(word) && !isValue;
  });
  // A range has no blanks, and is easier to read without quotes; the shell would take
  // its brackets for a pattern only if a file had such a name.
  return [name, ...kept.length > 0 ? [shellWords(kept)] : [], "--nodes", range].join(" ");
}
