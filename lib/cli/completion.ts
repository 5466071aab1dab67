/**
 * What can be typed where on a command line, for the completion of any shell.
 *
 * @module
 */

import type { Manual } from "./manual.ts";
import { addsUp, type Operand, type Option, SHORT } from "./options.ts";
import { linksTo } from "./names.ts";
import { PITBOOT } from "./program.ts";

/**
 * What a value may be: one of a few words, a path, a list of what `pitboot completions`
 * knows of the system, or what no shell can know.
 */
export type Value =
  | { readonly kind: "word"; readonly words: readonly string[] }
  | { readonly kind: "list"; readonly of: Known }
  | { readonly kind: "file" | "directory" | "text" };

/** What `pitboot completions` tells of the system, a line each. */
export const KNOWN = ["nodes", "releases"] as const;

/** Something that `pitboot completions` tells of the system. */
export type Known = typeof KNOWN[number];

/** An option, as a shell completes it. */
export interface CompletedOption {
  /** Without the dashes. */
  readonly name: string;
  /** A letter, without the dash. */
  readonly short: string | null;
  readonly help: string;
  /** What the value is called; `null` for a switch. */
  readonly placeholder: string | null;
  /** What the value is; `null` for a switch. */
  readonly value: Value | null;
  /** Whether it is offered again after it was given. */
  readonly addsUp: boolean;
}

/** A command, as a shell completes it. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  /** Links that call it directly. */
  readonly links: readonly string[];
  readonly options: readonly CompletedOption[];
  /** Its argument. */
  readonly operand: { readonly placeholder: string; readonly value: Value } | null;
}

/** All that can be typed. */
export interface Completion {
  /** Of `pitboot` without a command. */
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
}

/** The first line of every completion script. */
export const MADE_BY = "Made by pitboot completions from the options of each command.";

/**
 * Derives from the manuals what can be typed.
 *
 * @param manuals Those of all commands.
 */
export function completionOf(manuals: readonly Manual[]): Completion {
  const names = manuals.map(({ name }) => name);
  const commands = manuals.map((manual) => ({
    name: manual.name,
    summary: manual.summary,
    links: linksTo(manual.name),
    options: Object.entries(manual.options).map(completedOption),
    operand: manual.operand
      ? { placeholder: manual.operand.placeholder, value: valueOf(manual.operand, names) }
      : null,
  }));
  return { options: Object.entries(PITBOOT.options).map(completedOption), commands };
}

function completedOption([name, option]: [string, Option]): CompletedOption {
  return {
    name,
    short: SHORT[name] ?? null,
    help: option.help,
    placeholder: option.placeholder,
    value: option.placeholder === null ? null : valueOf(option, []),
    addsUp: addsUp(option),
  };
}

/** The placeholder says what kind of value it is. */
function valueOf(
  { choices, placeholder }: Pick<Operand, "choices" | "placeholder">,
  commands: readonly string[],
): Value {
  if (choices) return { kind: "word", words: choices };
  if (placeholder === "COMMAND") return { kind: "word", words: commands };
  if (placeholder === "RANGE" || placeholder === "NODE") return { kind: "list", of: "nodes" };
  if (placeholder === "ROLE=RELEASE,...") return { kind: "list", of: "releases" };
  if (placeholder === "FILE") return { kind: "file" };
  if (placeholder === "DIR") return { kind: "directory" };
  return { kind: "text" };
}
