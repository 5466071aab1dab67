/**
 * Hints: what to do next.
 *
 * @module
 */

/** Writes commands of pitboot so that they can be typed as they stand. */
export interface Typed {
  /** The words by which nodes were selected, for instance `--nodes` and `ncn-w*`. */
  readonly nodes: readonly string[];
  /**
   * Writes a command that works at the same places: `--root` and the like are added.
   *
   * @param name For instance `set-links`.
   * @param args Its other arguments, operands first.
   */
  command(name: string, ...args: readonly string[]): string;
  /**
   * Reads the value of an option.
   *
   * @param option Its name, for instance `bmc-timeout`.
   * @returns As it was typed; `null` if it was not.
   */
  value(option: string): string | null;
  /**
   * Writes the same command again.
   *
   * @param options Options with their values, in place of those that were given.
   */
  again(...options: readonly string[]): string;
}

/** What to do next; with commands in it if it is made by a function. */
export type Hint = string | ((typed: Typed) => string);

/**
 * Writes a hint.
 *
 * @param hint The hint, if there is one.
 * @param typed Writes the commands in it.
 */
export function hintText(hint: Hint | undefined, typed: Typed): string | undefined {
  return typeof hint === "function" ? hint(typed) : hint;
}
