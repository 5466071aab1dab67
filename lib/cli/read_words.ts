/**
 * Reads the words of a command line by the option table of a command, strictly:
 * what a parser of options could take in one way or another is refused.
 *
 * @module
 */

import { didYouMean } from "../text/nearest.ts";
import { printable } from "../text/printable.ts";
import { type Operand, type Options, SHORT } from "./options.ts";

/** A wrong command line; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** An option as it is given, by its long name. */
export interface Given {
  readonly name: string;
  /** As typed, empty if it is missing; of a switch `true` or `false`. */
  readonly value: string;
}

/** What is on a command line. */
export interface Words {
  /** In the order of the line. */
  readonly given: readonly Given[];
  /** `null` if there is none. */
  readonly operand: string | null;
}

/**
 * Tells which options the words of a command line name, and with which values.
 * Every word stays text.
 *
 * @param command The table of options, and the argument if it takes one.
 * @param args The arguments after the command name.
 * @throws {UsageError} At an unknown option (with the nearest known one), at a
 * switch with another value than `=true` and `=false`, or an unexpected argument.
 *
 * @example
 * ```ts
 * import { readWords } from "./read_words.ts";
 * import { flag, text } from "./options.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { quiet: flag("Say less."), root: text("DIR", "Where.", "/") };
 * const { given } = readWords({ options }, ["-q", "--root", "0012"]);
 * assertEquals(given, [{ name: "quiet", value: "true" }, { name: "root", value: "0012" }]);
 * ```
 */
export function readWords(
  { options, operand }: { readonly options: Options; readonly operand?: Operand },
  args: readonly string[],
): Words {
  const given: Given[] = [];
  const operands: string[] = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") operands.push(...rest.splice(0));
    else if (word.startsWith("--")) given.push(readLong(word, rest, options));
    else if (word.startsWith("-")) given.push(...readLetters(word, rest, options));
    else operands.push(word);
  }
  const [first = null] = operands;
  const surplus = operand ? operands[1] : first;
  if (typeof surplus === "string") throw unexpected(surplus);
  return { given, operand: first };
}

/** `--name`, `--name=value`, or `--name` with its value in the next word. */
function readLong(word: string, rest: string[], options: Options): Given {
  const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) throw unknown(word, options);
  if (option.placeholder === null) return readSwitch(name, value, rest);
  if (value !== undefined) return { name, value };
  // What looks like an option is none's value, but a lone dash is a file.
  const [next = "-"] = rest;
  const isValue = rest.length > 0 && (next === "-" || !next.startsWith("-"));
  return { name, value: isValue ? rest.shift() ?? "" : "" };
}

/** `-q`, or several letters in one. */
function readLetters(word: string, rest: readonly string[], options: Options): Given[] {
  const letters = [...word.slice(1)];
  if (letters.length === 0) throw unknown(word, options);
  return letters.map((letter, i) => {
    const name = Object.keys(options).find((name) => SHORT[name] === letter);
    if (name === undefined) throw unknown(word, options);
    return readSwitch(name, undefined, i < letters.length - 1 ? [] : rest);
  });
}

function readSwitch(name: string, value: string | undefined, rest: readonly string[]): Given {
  const [next] = rest;
  if (value === undefined && (next === "true" || next === "false")) {
    throw unexpected(next, `; did you mean --${name}=${next}?`);
  }
  if (value !== undefined && value !== "true" && value !== "false") {
    throw new UsageError(`--${name}=${printable(value)}: expected true or false`);
  }
  return { name, value: value ?? "true" };
}

function unexpected(word: string, guess = ""): UsageError {
  return new UsageError(`unexpected argument ${JSON.stringify(printable(word))}${guess}`);
}

function unknown(word: string, options: Options): UsageError {
  const name = `--${word.replace(/^-+(no-)?/, "").replace(/=.*$/s, "")}`;
  const guess = didYouMean(name, Object.keys(options).map((each) => `--${each}`));
  return new UsageError(`unknown option ${printable(word)}${guess}`);
}
