/**
 * Whether somebody has a file open: whoever does goes on with it when it is replaced.
 *
 * @module
 */

import { askShell } from "./ask_shell.ts";
import type { Root } from "./root.ts";

/** `$0`: the file. */
const IS_OPEN = 'for fd in /proc/[0-9]*/fd/*; do [ "$fd" -ef "$0" ] && exit 0; done; exit 1';

/**
 * Tells whether any process has a file open. Deno lets only programs with all permissions
 * read /proc, so a child looks.
 *
 * @param path The file, as seen from inside.
 * @returns `null` where that cannot be told: only root sees everybody's files, and below
 * `--root` are those of another machine.
 */
export async function isHeldOpen(root: Root, path: string): Promise<boolean | null> {
  if (Deno.uid() !== 0 || root.real("/") !== "/") return null;
  return await askShell(IS_OPEN, [root.real(path)]);
}
