/**
 * Signals what a process has started: a script around ipmitool, or a script around that.
 *
 * @module
 */

import { askShell } from "../io/ask_shell.ts";

/**
 * What a shell does: `$0` is the signal, `$1` the process. All are found before the first
 * is signalled: what has lost its parent is nobody's child any more.
 */
const SIGNAL_TREE = `
below() {
  for list in /proc/$1/task/*/children; do
    children=; read -r children <$list
    for child in $children; do echo $child; ( below $child ); done
  done 2>/dev/null
}
found=$(below $1); [ "$found" ] && kill -"$0" $found`;

/**
 * Signals all that a process has started, and what that has, by a shell: Deno itself may
 * neither look nor signal.
 *
 * @returns Whether there was anything.
 */
export async function signalTree(signal: "INT" | "KILL", pid: number): Promise<boolean> {
  // Without a shell they will find their pipes closed.
  return await askShell(SIGNAL_TREE, [signal, String(pid)]) ?? false;
}
