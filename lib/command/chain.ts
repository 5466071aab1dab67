/**
 * The commands before this one in a pipe.
 *
 * @module
 */

import { askShell } from "../io/ask_shell.ts";

/** Succeeds if standard input is the standard output of somebody: one process, no others. */
export const HAS_WRITER = "[ -p /proc/self/fd/0 ] && for out in /proc/[0-9]*/fd/1; do " +
  '[ "$out" -ef /proc/self/fd/0 ] && exit; done; exit 1';

/**
 * Tells whether a command is still there that writes to standard input. Deno lets only
 * programs with all permissions read /proc, so a child looks.
 *
 * @returns Not where nobody can tell.
 */
export async function hasWriter(): Promise<boolean> {
  return await askShell(HAS_WRITER, [], "inherit") ?? false;
}
