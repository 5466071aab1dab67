/**
 * Words as one would type them.
 *
 * @module
 */

/**
 * Writes words as a shell reads them.
 *
 * @param words A command name of one or two words, and arguments.
 *
 * @example
 * ```ts
 * import { shellWords } from "./shell_words.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(shellWords(["pitboot run", "--nodes", "a b"]), "pitboot run --nodes 'a b'");
 * ```
 */
export function shellWords([command = "", ...args]: readonly string[]): string {
  const quoted = args.map((word) =>
    /^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  );
  return [command, ...quoted].join(" ");
}
