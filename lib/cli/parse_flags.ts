/**
 * Reads the command line by the option table of a command.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { printable } from "../text/printable.ts";
import {
  addsUp,
  type Flags,
  type Operand,
  type Option,
  type Options,
  type ValueOption,
} from "./options.ts";
import { readWords, UsageError } from "./read_words.ts";

export { UsageError };

/**
 * Reads the options and the argument on a command line.
 *
 * @param command The table of options, and the argument if it takes one.
 * @param args The arguments after the command name.
 * @returns A value for every option of the table, and the argument.
 * @throws {UsageError} At what {@linkcode readWords} refuses, an option without
 * its value, a value that does not fit, or an option given twice that does not
 * add up.
 *
 * @example
 * ```ts
 * import { parseCommandLine } from "./parse_flags.ts";
 * import { duration, flag } from "./options.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { "dry-run": flag("Only show."), timeout: duration("Wait.", "15m") };
 * const { flags } = parseCommandLine({ options }, ["--timeout", "90s"]);
 * assertEquals(flags, { "dry-run": false, timeout: 90 });
 * ```
 */
export function parseCommandLine<O extends Options>(
  command: { readonly options: O; readonly operand?: Operand },
  args: readonly string[],
): { flags: Flags<O>; operand: string | null; words: readonly string[] } {
  const { options, operand } = command;
  const line = readWords(command, args);
  const names = Object.keys(options);
  const isSwitch = (name: string): boolean => options[name]?.placeholder === null;
  // Words that no parser can take in another way: see std_test.ts.
  const given: Record<string, unknown> = parseArgs(
    line.given.map(({ name, value }) => `--${name}=${value}`),
    {
      boolean: names.filter(isSwitch),
      string: names.filter((name) => !isSwitch(name)),
      // All of them, to see what is given twice.
      collect: names,
    },
  );
  const values = new Map(
    Object.entries(options).map(([name, option]) => [name, readOption(name, option, given[name])]),
  );
  for (const [name, { turnsOn }] of valued(options)) {
    if (turnsOn !== undefined && values.get(name) !== null) values.set(turnsOn, true);
  }
  const flags = Object.fromEntries(values) as Flags<O>;
  // To ask for help, nothing else need be complete.
  const hasWords = operand?.orWords === true && line.words.length > 0;
  const isComplete = flags["help"] === true || flags["version"] === true || hasWords;
  const word = operand && !isComplete ? readOperand(operand, line.operand) : null;
  return { flags, operand: word, words: line.words };
}

function valued(options: Options): [name: string, option: ValueOption<unknown>][] {
  return Object.entries(options).flatMap(([name, option]) =>
    option.placeholder === null ? [] : [[name, option]]
  );
}

function readOperand(
  { placeholder, choices, isOptional }: Operand,
  word: string | null,
): string | null {
  if (word === null) {
    if (isOptional) return null;
    throw new UsageError(`${placeholder} is missing${choices ? `: ${choices.join(" or ")}` : ""}`);
  }
  if (choices && !choices.includes(word)) {
    throw new UsageError(`${placeholder} ${printable(word)}: expected ${choices.join(" or ")}`);
  }
  return word;
}

/** @param given What parseArgs() collected: texts, or whether a switch is on. */
function readOption(name: string, option: Option, given: unknown): unknown {
  const values: unknown[] = Array.isArray(given) ? given : [];
  if (option.placeholder === null) {
    const [first = false, other] = new Set(values);
    if (other === undefined) return first;
    throw new UsageError(`--${name} is given twice: ${first} and ${other}`);
  }
  const texts = values.map((value) => String(value) || (option.bare ?? ""));
  if (texts.includes("")) throw new UsageError(`--${name} needs a value: ${option.placeholder}`);
  const [first = option.initial, second] = texts;
  if (first === null) return null;
  if (second === undefined) return parseValue(name, option, first);
  if (!addsUp(option)) {
    throw new UsageError(`--${name} is given twice: ${printable(first)} and ${printable(second)}`);
  }
  // Each by itself, too: one that is wrong is named, and no bracket reaches into the next.
  for (const text of texts) parseValue(name, option, text);
  return parseValue(name, option, texts.join(","));
}

function parseValue(name: string, { parse }: ValueOption<unknown>, value: string): unknown {
  try {
    return parse(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`--${name} ${printable(value)}: ${error.message}`, { cause: error });
  }
}
