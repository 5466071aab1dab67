/**
 * What can stand at the end of a command line: the answer to a shell that asks.
 *
 * @module
 */

import { printable } from "../text/printable.ts";
import { FORMATS } from "./formats.ts";
import { areOptions } from "./leading_options.ts";
import { COMMAND_NAME, type Manual, optionsOfAll } from "./manual.ts";
import { LINKED } from "./names.ts";
import { addsUp, type Options, SHORT, type ValueKind } from "./options.ts";
import { PITBOOT } from "./program.ts";
import { type Given, readWords, UsageError } from "./read_words.ts";

/** What can stand at the end of a line. */
export interface Completion {
  readonly kind: ValueKind;
  /** What there is on every system, each with what it means if that can be said. */
  readonly words: readonly (readonly [word: string, help?: string])[];
  /** What the last word keeps, for instance `--nodes=`, or `ncn-w001,`. */
  readonly before: string;
  /** Whether a word continues what is typed, and would be taken. */
  readonly fits: (word: string) => boolean;
  /** The options that stand before it. */
  readonly given: readonly Given[];
}

/** What completes a value, of an option or an argument. */
interface Completed {
  readonly kind: ValueKind;
  readonly choices?: readonly string[];
  readonly isList?: boolean;
  readonly parse?: (text: string) => unknown;
}

/**
 * Tells what can stand at the end of a line.
 *
 * @param words Those of the line, the name of the program first; the last is begun,
 * perhaps empty.
 * @param manuals Those of all commands.
 * @returns `null` where nothing can, also behind words that would be refused.
 */
export function completionOf(
  words: readonly string[],
  manuals: readonly Manual[],
): Completion | null {
  const [called = "", ...args] = words;
  const begun = args.pop();
  if (begun === undefined) return null;
  try {
    return completeWord(begun, findCommand(called.replace(/^.*\//, ""), args, manuals), manuals);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return null;
  }
}

/** Says to a shell what there is, a line each; `known`: the words that only the system knows. */
export function completionLines(completion: Completion, known: readonly string[]): string[] {
  const { kind, words, before, fits } = completion;
  if (kind === "file") return ["*"];
  if (kind === "directory") return ["*/"];
  return [...words, ...known.map((word) => [word] as const)]
    .filter(([word]) => fits(word))
    .map(([word, help]) => before + word + (help === undefined ? "" : `\t${help}`));
}

/** A command, and what stands between its name and the word that is begun. */
interface Line extends Pick<Manual, "options" | "operand"> {
  /** Those that are offered. */
  readonly offered: Options;
  readonly args: readonly string[];
}

/** Finds the command of a line; where none is named yet, it is its argument. */
function findCommand(called: string, args: readonly string[], manuals: readonly Manual[]): Line {
  const link = LINKED.find(([name]) => name === called);
  const linked = manuals.find(({ name }) => name === link?.[1]);
  if (linked) return { ...linked, offered: linked.options, args };
  for (const [i, word] of args.entries()) {
    const named = manuals.find(({ name }) => name === word);
    const leading = args.slice(0, i);
    if (!named || i > 0 && !areOptions(leading, named)) continue;
    return { ...named, offered: named.options, args: [...leading, ...args.slice(i + 1)] };
  }
  const options = optionsOfAll(manuals);
  return { options, operand: COMMAND_NAME, offered: PITBOOT.options, args };
}

function completeWord(begun: string, line: Line, manuals: readonly Manual[]): Completion | null {
  const { options, operand } = line;
  const read = readWords(line, line.args);
  const given = read.isWaiting ? read.given.slice(0, -1) : read.given;
  const valueOf = (name = ""): Completed | null => {
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    return option && option.placeholder !== null ? option : null;
  };
  if (read.isWaiting) {
    return completeValue(begun, valueOf(read.given.at(-1)?.name), { given, manuals });
  }
  const [, name, value = ""] = /^--([^=]*)=(.*)$/s.exec(begun) ?? [];
  if (name !== undefined) {
    return completeValue(value, valueOf(name), { given, manuals, before: `--${name}=` });
  }
  if (begun.startsWith("-") || !operand) return completeOption(begun, line.offered, given);
  const isWanted = read.operand === null || operand.isMany === true;
  return completeValue(begun, isWanted ? operand : null, { given, manuals });
}

function completeOption(begun: string, offered: Options, given: readonly Given[]): Completion {
  const words = Object.entries(offered)
    .filter(([name, option]) => addsUp(option) || !given.some((each) => each.name === name))
    .flatMap(([name, { help }]) =>
      [`--${name}`, ...SHORT[name] ? [`-${SHORT[name]}`] : []].map((word) => [word, help] as const)
    );
  return { kind: "choice", words, before: "", fits: (word) => word.startsWith(begun), given };
}

function completeValue(
  begun: string,
  completed: Completed | null,
  { given, manuals, before = "" }: {
    readonly given: readonly Given[];
    readonly manuals: readonly Manual[];
    readonly before?: string;
  },
): Completion | null {
  if (!completed) return null;
  const { kind, choices = [], isList = false, parse = () => {} } = completed;
  const kept = isList ? begun.slice(0, begun.lastIndexOf(",") + 1) : "";
  return {
    kind,
    words: choices.length > 0 ? choices.map((word) => [word] as const) : namesOf(kind, manuals),
    before: before + kept,
    // Others chose some of the words: no terminal obeys what is printed.
    fits: (word) =>
      (kept + word).startsWith(begun) && printable(word, Infinity) === word &&
      isTaken(kept + word, parse),
    given,
  };
}

/** What has a name of its own on every system. */
function namesOf(kind: ValueKind, manuals: readonly Manual[]): Completion["words"] {
  const pages = kind === "page" ? FORMATS : [];
  const commands = kind === "page" || kind === "command" ? manuals : [];
  return [...commands, ...pages].map(({ name, summary }) => [name, summary]);
}

function isTaken(text: string, parse: (text: string) => unknown): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
}
