/**
 * Manual pages, in the roff of man(7).
 *
 * @module
 */

import { wrap } from "../text/lines.ts";
import { BUILD } from "./build.ts";
import { variablesOf } from "./environment.ts";
import { meaningsOf, operandSpelling, passedOn } from "./help.ts";
import type { Manual } from "./manual.ts";
import { helpWords, type Option, SHORT } from "./options.ts";
import { linksTo } from "./names.ts";
import { PITBOOT } from "./program.ts";
import { VERSION } from "./version.ts";

/** The section of the manual: commands of the administrator. */
const SECTION = 8;

/**
 * Gives the date for the manual pages: when this was built.
 *
 * @param now Milliseconds since the epoch, for what was not built at a known time.
 * @returns As `2022-08-01`, in UTC.
 */
export function pageDate(now: number): string {
  return (BUILD?.time ?? new Date(now).toISOString()).slice(0, 10);
}

/**
 * Names the manual page of a command.
 *
 * @param command Its name, or `pitboot`.
 */
export function pageName(command: string): string {
  return command === PITBOOT.name ? command : `${PITBOOT.name}-${command}`;
}

/**
 * Writes the manual page of a command.
 *
 * @param manual Its manual.
 * @param date When it was built, as `2022-08-01`.
 * @param commands The manuals of all commands, for the page of pitboot itself.
 * @returns The page; lines, each ended.
 *
 * @example
 * ```ts
 * import { manPage } from "./man.ts";
 * import { PITBOOT } from "./program.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(manPage(PITBOOT, "2022-08-01"), ".SH NAME\npitboot \\- set up what");
 * ```
 */
export function manPage(manual: Manual, date: string, commands: readonly Manual[] = []): string {
  const { summary, description, options, operand, examples } = manual;
  const name = pageName(manual.name);
  return [
    ...titleLines(name, summary, { section: SECTION, date }),
    ".SH SYNOPSIS",
    ...synopsis(manual),
    ".SH DESCRIPTION",
    ...description.flatMap((words, i) => [...(i > 0 ? [".PP"] : []), ...paragraph(words)]),
    ...section(
      ".SH COMMANDS",
      commands.flatMap(({ name, summary }) => entry(name, summary)),
    ),
    ".SH OPTIONS",
    ...(operand ? entry(operand.placeholder, operand.help, "I") : []),
    ...Object.entries(options).flatMap(optionEntry),
    ".SH EXIT STATUS",
    ...meaningsOf(manual.exits).flatMap(([code, words]) => entry(String(code), words)),
    ...passedOn(manual).flatMap((words) => [".PP", ...paragraph(words)]),
    ...section(".SH ENVIRONMENT", environment([manual, ...commands])),
    ...section(".SH FILES", files([manual, ...commands])),
    ...section(".SH EXAMPLES", examples.flatMap(exampleLines)),
    ".SH SEE ALSO",
    ...seeAlsoLines(manual, commands),
    "",
  ].join("\n");
}

/**
 * Writes how a page begins.
 *
 * @param name Its name, for instance `pitboot-run`.
 * @param summary One line.
 * @param options `section`: of the manual; `date`: as `2022-08-01`.
 */
export function titleLines(
  name: string,
  summary: string,
  { section, date }: { section: number; date: string },
): string[] {
  return [
    `.TH ${name.toUpperCase()} ${section} ${date} "${PITBOOT.name} ${VERSION}"`,
    ".nh",
    ".ad l",
    ".SH NAME",
    `${roff(name)} \\- ${roff(summary)}`,
  ];
}

/** A heading and its lines; nothing if there are no lines. */
function section(heading: string, lines: string[]): string[] {
  return lines.length > 0 ? [heading, ...lines] : [];
}

function synopsis({ name, operand }: Manual): string[] {
  if (name === PITBOOT.name) return [`\\fB${name}\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...`];
  const words = operand ? ` \\fI${roff(operandSpelling(operand))}\\fR` : "";
  return [`${PITBOOT.name} ${name}`, ...linksTo(name)].flatMap((called, i) => [
    ...(i > 0 ? [".br"] : []),
    `\\fB${roff(called)}\\fR [\\fIOPTION\\fR]...${words}`,
  ]);
}

function optionEntry([name, option]: [string, Option]): string[] {
  const { placeholder, initial } = option;
  const short = SHORT[name] ? `\\fB\\-${SHORT[name]}\\fR, ` : "";
  const value = placeholder === null ? "" : ` \\fI${roff(placeholder)}\\fR`;
  return [
    ".TP",
    `${short}\\fB\\-\\-${roff(name)}\\fR${value}`,
    ...paragraph(helpWords(option)),
    ...(initial === null ? [] : [`Default: ${roff(initial)}.`]),
  ];
}

function environment(manuals: readonly Manual[]): string[] {
  const found = new Map(manuals.flatMap(variablesOf));
  return [...found].sort().flatMap(([name, words]) => entry(name, words));
}

/** The paths that options have as defaults. */
function files(manuals: readonly Manual[]): string[] {
  const found = new Map(
    manuals.flatMap(({ options }) => Object.values(options))
      .filter(({ initial }) => initial !== null && /^\/./.test(initial))
      .map(({ initial, help }) => [initial ?? "", help]),
  );
  return [...found].sort().flatMap(([path, help]) => entry(path, help, "I"));
}

function exampleLines([line, meaning]: readonly [string, string], i: number): string[] {
  const words = `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}:`;
  return [...(i > 0 ? [".PP"] : []), ...paragraph(words), ...verbatim([line])];
}

function seeAlsoLines({ name, seeAlso = [] }: Manual, commands: readonly Manual[]): string[] {
  const ours = name === PITBOOT.name ? commands.map(({ name }) => pageName(name)) : [PITBOOT.name];
  const pages = [...ours.map((page) => `${page}(${SECTION})`), ...seeAlso];
  return pages.map((page, i) => {
    const [, name = page, section = ""] = /^(.*)(\(.*\))$/.exec(page) ?? [];
    return `.BR ${roff(name)} ${section}${i < pages.length - 1 ? "," : ""}`;
  });
}

/** Writes a term, bold or in italics, and its explanation. */
export function entry(term: string, words: string, font: "B" | "I" = "B"): string[] {
  return [".TP", `.${font} ${roff(term)}`, ...paragraph(words)];
}

/** Writes lines to copy, as they are. */
export function verbatim(lines: readonly string[]): string[] {
  return [".PP", ".RS 4", ".nf", ...lines.map(roff), ".fi", ".RE"];
}

/** Writes a paragraph; each sentence begins a new line, as usual in roff. */
export function paragraph(words: string): string[] {
  return words.split(/(?<=[.:?!]) (?=[A-Z])/)
    .flatMap((sentence) => wrap(escapedRoff(sentence), 78))
    .map(asTextLine);
}

/** Writes text as roff that shows it as it is, in ASCII; copied from the page it can be typed. */
export function roff(text: string): string {
  return asTextLine(escapedRoff(text));
}

/** A dot at the beginning of a line would make a command of it. */
function asTextLine(line: string): string {
  return line.replace(/^\./, "\\&.");
}

function escapedRoff(text: string): string {
  return text
    .replace(/[\\'`^~…-]/g, (c) => ESCAPES[c] ?? c)
    .replace(/[^\x20-\x7e]/gu, (c) => {
      const code = c.codePointAt(0) ?? 0;
      return `\\[u${code.toString(16).toUpperCase().padStart(4, "0")}]`;
    });
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  "-": "\\-",
  "…": "...",
};
