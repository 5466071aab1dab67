/**
 * Reads the words of a command line by the option table of a command, strictly:
 * what a parser of options could take in one way or another is refused.
 *
 * @module
 */

import { didYouMean } from "../text/nearest.ts";
import { printable } from "../text/printable.ts";
import { type Operand, type Options, SHORT } from "./options.ts";
import { shellWords } from "./shell_words.ts";

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
  /** What stands behind `--`, of a command that takes it; of one that takes many, the others. */
  readonly words: readonly string[];
  /** Whether the last word is an option that lacks its value. */
  readonly isWaiting: boolean;
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
 * import { directory, flag } from "./options.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { quiet: flag("Say less."), root: directory("Below it.", "/") };
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
  const behind: string[] = operand?.orWords ? [] : operands;
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") behind.push(...rest.splice(0));
    else if (word.startsWith("--")) given.push(readLong(word, rest, options));
    else if (word.startsWith("-")) given.push(...readLetters(word, rest, options));
    else operands.push(word);
  }
  const surplus = operand ? operands.slice(operand.isMany ? Infinity : 1) : operands;
  const [unwanted] = surplus;
  if (unwanted !== undefined) {
    throw unexpected(unwanted, "nodes" in options ? nodesGuess(surplus, given) : "");
  }
  const last = args.at(-1) ?? "";
  return {
    given,
    operand: operands[0] ?? null,
    words: operand?.orWords ? behind : operands.slice(1),
    isWaiting: given.at(-1)?.value === "" && last.startsWith("-") && !last.endsWith("="),
  };
}

/**
 * What to type where nodes were given as arguments. If there are nodes in the option, too,
 * the shell has taken their pattern for one of file names.
 */
function nodesGuess(words: readonly string[], given: readonly Given[]): string {
  const areNodes = words.every((word) => /^[a-z][\w.-]*[\d*?[]/i.test(word));
  if (!areNodes) return "";
  const first = given.filter(({ name }) => name === "nodes").map(({ value }) => value);
  const range = printable([...first, ...words].join(","));
  return `; did you mean ${shellWords(["--nodes", range])}?`;
}

/** `--name`, `--name=value`, or `--name` with its value in the next word. */
function readLong(word: string, rest: string[], options: Options): Given {
  const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) throw unknown(word, options);
  if (option.placeholder === null) return readSwitch(name, value, rest);
  return { name, value: value ?? nextValue(rest) };
}

/** The value in the next word. What looks like an option is none's, but a lone dash is a file. */
function nextValue(rest: string[]): string {
  const [next = ""] = rest;
  const isValue = next === "-" || !next.startsWith("-");
  return isValue ? rest.shift() ?? "" : "";
}

/** `-q`, several letters in one, or `-o` with its value behind it or in the next word. */
function readLetters(word: string, rest: string[], options: Options): Given[] {
  const letters = [...word.slice(1)];
  if (letters.length === 0) throw unknown(word, options);
  const given: Given[] = [];
  while (letters.length > 0) {
    const letter = letters.shift();
    const name = Object.keys(options).find((name) => SHORT[name] === letter);
    if (name === undefined) throw unknown(word, options);
    if (options[name]?.placeholder === null) {
      given.push(readSwitch(name, undefined, letters.length > 0 ? [] : rest));
    } else {
      const value = letters.splice(0).join("");
      given.push({ name, value: value || nextValue(rest) });
    }
  }
  return given;
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
