/**
 * The help of a command: its manual page as plain text.
 *
 * @module
 */

import { EXIT_MEANINGS, type ExitCode } from "../document/exit_codes.ts";
import { breakLines, wrap } from "../text/lines.ts";
import { variablesOf } from "./environment.ts";
import type { Manual } from "./manual.ts";
import { PROGRAM_NAME } from "./names.ts";
import { helpWords, type Operand, type Option, SHORT } from "./options.ts";

const HELP_INDENT = "  ";

/** Where explanations begin, if there is room for them beside what they explain. */
const COLUMN = 26;
const LEAST_HELP_ROOM = 30;

/**
 * Writes the help of a command.
 *
 * @param manual Its manual.
 * @param width The most characters of a line, as far as words allow it.
 * @returns Lines, each ended.
 */
export function helpOf(manual: Manual, width: number): string {
  const { name, summary, description, options, operand, examples } = manual;
  const command = name === PROGRAM_NAME ? name : `pitboot ${name}`;
  const usage = `Usage: ${command} [OPTION]...${operand ? ` ${operandSpelling(operand)}` : ""}`;
  const variables = variablesOf(manual);
  return [
    ...wrap(`${command} - ${summary}`, width),
    "",
    ...wrap(usage, width),
    ...description.flatMap((paragraph) => ["", ...wrap(paragraph, width)]),
    ...(operand
      ? ["", ...hang(HELP_INDENT + operand.placeholder, operand.help, COLUMN, width)]
      : []),
    "",
    "Options:",
    ...Object.entries(options).flatMap(([name, option]) => optionHelp(name, option, width)),
    ...(variables.length > 0 ? ["", "Environment:"] : []),
    ...variables.flatMap(([name, words]) => hang(HELP_INDENT + name, words, COLUMN, width)),
    "",
    "Exit codes:",
    ...exitLines(manual.exits, width),
    ...passedOn(manual).flatMap((words) => hang("", words, 7, width)),
    ...(examples.length > 0 ? ["", "Examples:"] : []),
    ...examples.flatMap(([line, meaning]) => [
      ...wrap(`# ${meaning}`, width - 2).map((words) => HELP_INDENT + words),
      ...wrapChain(line, width - 2).map((words) => HELP_INDENT + words),
    ]),
    "",
  ].join("\n");
}

/**
 * Writes the table of exit codes.
 *
 * @param exits Those to explain.
 * @param width The most characters of a line.
 */
export function exitLines(exits: readonly ExitCode[], width: number): string[] {
  return meaningsOf(exits).flatMap(([code, meaning]) =>
    hang(String(code).padStart(5), meaning, 7, width)
  );
}

/** The meanings of exit codes, in the order of the table. */
export function meaningsOf(exits: readonly ExitCode[]): readonly (readonly [ExitCode, string])[] {
  return EXIT_MEANINGS.filter(([code]) => exits.includes(code));
}

/** What is said below that of a command that reads a document: nothing, or a sentence. */
export function passedOn({ options }: Pick<Manual, "options">): string[] {
  return "input" in options
    ? ["In a chain, also that of an earlier command whose problem still stands."]
    : [];
}

/** How an option is typed, for instance `-q, --quiet` or `--root=DIR`. */
export function spelling(name: string, option: Option): string {
  const short = SHORT[name] ? `-${SHORT[name]}, ` : "";
  return `${short}--${name}${option.placeholder === null ? "" : ` ${option.placeholder}`}`;
}

/** How the argument of a command is typed, for instance `[COMMAND]`. */
export function operandSpelling({ placeholder, isOptional, isMany }: Operand): string {
  const words = isMany ? `${placeholder}...` : placeholder;
  return isOptional ? `[${words}]` : words;
}

function optionHelp(name: string, option: Option, width: number): string[] {
  const help = helpWords(option);
  const words = option.initial === null ? help : `${help} [${option.initial}]`;
  return hang(HELP_INDENT + spelling(name, option), words, COLUMN, width);
}

/**
 * Writes a term and its explanation.
 *
 * @param term The term, with its indent.
 * @param words The explanation.
 * @param column Where that begins; further left where the terminal is narrow.
 * @param width The most characters of a line.
 */
export function hang(term: string, words: string, column: number, width: number): string[] {
  const from = width - column < LEAST_HELP_ROOM ? Math.min(column, 6) : column;
  const [first = "", ...rest] = wrap(words, Math.max(width - from, 1));
  const indent = " ".repeat(from);
  return term.length > from - (column < 10 ? 1 : 2)
    ? [term, indent + first, ...rest.map((line) => indent + line)]
    : [term.padEnd(from) + first, ...rest.map((line) => indent + line)];
}

/** Breaks a command line, so that it can still be copied: only behind a pipe. */
export function wrapChain(line: string, width: number): string[] {
  return breakLines(line.split(/(?<= \|) /), { width, between: " " });
}
