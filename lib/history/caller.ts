/**
 * Who runs pitboot, and which command.
 *
 * @module
 */

import { shellWords } from "../cli/shell_words.ts";
import type { Context } from "../io/context.ts";
import { NO_UTF8 } from "../text/byte_text.ts";
import type { Caller } from "./claim.ts";

/**
 * Tells who runs pitboot.
 *
 * @param context The environment.
 */
export function whoRuns({ env }: Pick<Context, "env">): string {
  const names = [env("SUDO_USER"), env("LOGNAME")];
  return names.find((name) => name && !name.includes(NO_UTF8)) ?? uidName();
}

function uidName(): string {
  const uid = Deno.uid();
  return uid === 0 ? "root" : `uid ${uid}`;
}

/**
 * Tells which command this is.
 *
 * @param context How it was called, and the clock.
 */
export function callerOf(context: Pick<Context, "name" | "args" | "env" | "now">): Caller {
  return {
    command: shellWords([context.name, ...context.args]),
    who: whoRuns(context),
    since: new Date(context.now()).toISOString(),
    process: Deno.pid,
  };
}
