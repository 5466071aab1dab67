/**
 * The help of a command: its manual page as plain text.
 *
 * @module
 */

import { EXIT_MEANINGS } from "../document/exit_codes.ts";
import type { Manual } from "./manual.ts";
import { PROGRAM_NAME } from "./names.ts";
import { helpWords, type Operand, type Option, SHORT } from "./options.ts";

const INDENT = "  ";

/**
 * Writes the help of a command.
 *
 * @param manual Its manual.
 * @param width The most characters of a line.
 * @returns Lines, each ended.
 */
export function helpOf(manual: Manual, width: number): string {
  const { name, summary, description, options, operand, examples } = manual;
  const command = name === PROGRAM_NAME ? name : `pitboot ${name}`;
  return [
    `${command} - ${summary}`,
    "",
    `Usage: ${command} [OPTION]...${operand ? ` ${operandSpelling(operand)}` : ""}`,
    ...description.flatMap((paragraph) => ["", ...wrap(paragraph, width)]),
    ...(operand ? ["", ...hang(INDENT + operand.placeholder, operand.help, 26, width)] : []),
    "",
    "Options:",
    ...Object.entries(options).flatMap(([name, option]) => optionLines(name, option, width)),
    "",
    "Exit codes:",
    ...EXIT_MEANINGS.flatMap(([code, meaning]) =>
      hang(String(code).padStart(5), meaning, 7, width)
    ),
    ...(examples.length > 0 ? ["", "Examples:"] : []),
    ...examples.flatMap(([line, meaning]) => [
      ...wrap(`# ${meaning}`, width - 2).map((words) => INDENT + words),
      INDENT + line,
    ]),
    "",
  ].join("\n");
}

/** How an option is typed, for instance `-q, --quiet` or `--root=DIR`. */
export function spelling(name: string, option: Option): string {
  const short = SHORT[name] ? `-${SHORT[name]}, ` : "";
  return `${short}--${name}${option.placeholder === null ? "" : ` ${option.placeholder}`}`;
}

/** How the argument of a command is typed, for instance `[COMMAND]`. */
export function operandSpelling({ placeholder, isOptional }: Operand): string {
  return isOptional ? `[${placeholder}]` : placeholder;
}

function optionLines(name: string, option: Option, width: number): string[] {
  const help = helpWords(option);
  const words = option.initial === null ? help : `${help} [${option.initial}]`;
  return hang(INDENT + spelling(name, option), words, 26, width);
}

/** A term and its explanation, from a column on. */
function hang(term: string, words: string, column: number, width: number): string[] {
  const [first = "", ...rest] = wrap(words, Math.max(width - column, 30));
  const indent = " ".repeat(column);
  return term.length > column - 2
    ? [term, indent + first, ...rest.map((line) => indent + line)]
    : [term.padEnd(column) + first, ...rest.map((line) => indent + line)];
}

/** Breaks a paragraph into lines. */
export function wrap(words: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of words.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
