/**
 * Reads the command line by the option table of a command.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { didYouMean } from "../text/nearest.ts";
import { printable } from "../text/printable.ts";
import {
  addsUp,
  type Flags,
  type Operand,
  type Option,
  type Options,
  type ValueOption,
} from "./options.ts";

/** A wrong command line; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The options that have a short form. */
export const SHORT: Readonly<Record<string, string>> = {
  help: "h",
  quiet: "q",
  verbose: "v",
};

/**
 * Reads the options and the argument on a command line.
 *
 * @param command The table of options, and the argument if it takes one.
 * @param args The arguments after the command name.
 * @returns A value for every option of the table, and the argument.
 * @throws {UsageError} At an unknown option (with the nearest known one), an
 * option without its value, a value that does not fit, an option given twice
 * whose values do not add up, or an unexpected argument.
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
  { options, operand }: { readonly options: O; readonly operand?: Operand },
  args: readonly string[],
): { flags: Flags<O>; operand: string | null } {
  const names = Object.keys(options);
  const isSwitch = (name: string): boolean => options[name]?.placeholder === null;
  const values = names.filter((name) => !isSwitch(name));
  const parsed = parseArgs(joinDashes(args), {
    boolean: names.filter(isSwitch),
    // Declared as text so that 0012 stays 0012.
    string: values,
    // All of them, to see what is given twice.
    collect: values,
    alias: Object.fromEntries(Object.entries(SHORT).filter(([name]) => name in options)),
    unknown: (arg: string) => operand && !arg.startsWith("-") || refuse(arg, names),
  });
  const words = parsed._.map(String);
  const surplus = words[operand ? 1 : 0];
  if (surplus !== undefined) refuse(surplus, names);
  const given: Record<string, unknown> = parsed;
  const flags = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, readOption(name, option, given[name])]),
  ) as Flags<O>;
  // To ask for help, nothing else need be complete.
  const isComplete = given["help"] === true || given["version"] === true;
  return { flags, operand: operand && !isComplete ? readOperand(operand, words[0]) : null };
}

function readOperand(
  { placeholder, choices, isOptional }: Operand,
  word: string | undefined,
): string | null {
  if (word === undefined) {
    if (isOptional) return null;
    throw new UsageError(`${placeholder} is missing${choices ? `: ${choices.join(" or ")}` : ""}`);
  }
  if (choices && !choices.includes(word)) {
    throw new UsageError(`${placeholder} ${printable(word)}: expected ${choices.join(" or ")}`);
  }
  return word;
}

/** `--input -` as `--input=-`: to parseArgs() a lone dash is a flag. */
function joinDashes(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1);
    if (arg === "-" && last && /^--[^=]+$/.test(last)) joined[joined.length - 1] = `${last}=-`;
    else joined.push(arg);
  }
  return joined;
}

/** @param given What parseArgs() found: texts, or whether a switch is there. */
function readOption(name: string, option: Option, given: unknown): unknown {
  if (option.placeholder === null) return given === true;
  const texts = Array.isArray(given) ? given.map(String) : [];
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

function refuse(arg: string, names: readonly string[]): never {
  if (!arg.startsWith("-")) {
    throw new UsageError(`unexpected argument ${JSON.stringify(printable(arg))}`);
  }
  const name = `--${arg.replace(/^-+(no-)?/, "").replace(/=.*$/s, "")}`;
  const guess = didYouMean(name, names.map((each) => `--${each}`));
  throw new UsageError(`unknown option ${printable(arg)}${guess}`);
}
