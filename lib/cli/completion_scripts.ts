/**
 * Completion scripts, by shell.
 *
 * @module
 */

import { bashCompletion } from "./bash_completion.ts";
import { type Completion, completionOf } from "./completion.ts";
import { fishCompletion } from "./fish_completion.ts";
import type { Manual } from "./manual.ts";
import { zshCompletion } from "./zsh_completion.ts";

const WRITERS = { bash: bashCompletion, fish: fishCompletion, zsh: zshCompletion } as const;

/** A shell that completion scripts can be written for. */
export type Shell = keyof typeof WRITERS;

/** The shells that completion scripts can be written for. */
export const SHELLS: readonly Shell[] = ["bash", "fish", "zsh"];

/**
 * Writes the completion script for a shell.
 *
 * @param shell The shell.
 * @param manuals The manuals of all commands.
 * @returns The script; lines, each ended.
 */
export function completionsFor(shell: Shell, manuals: readonly Manual[]): string {
  const write: (completion: Completion) => string = WRITERS[shell];
  return write(completionOf(manuals));
}
