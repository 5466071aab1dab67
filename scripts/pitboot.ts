/**
 * pitboot: finds the command that is meant, and runs it.
 *
 * Synopsis: pitboot [OPTION]... COMMAND [OPTION]...
 *           COMMAND [OPTION]..., called by a link of that name
 * Output:   that of the command; without one the list of commands
 * Exit:     that of the command; 2 usage
 *
 * @module
 */

import { BUILD } from "../lib/cli/build.ts";
import { PREDECESSOR } from "../lib/cli/names.ts";
import type { Reply } from "../lib/cli/overview.ts";
import type { Call } from "../lib/command/process_context.ts";
import { startEarly } from "../lib/command/signals.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { type CommandName, manuals } from "./commands.ts";
import { SCRIPTS } from "./scripts.ts";

if (import.meta.main) pitboot();

/** Runs the command that is meant: by the name of a link, else by the first word. */
export async function pitboot(): Promise<never> {
  const call = await thisCall();
  const linked = commandOf(call.name.replace(/^.*\//, ""));
  if (linked) return await start(linked, call);
  const [word = "", ...args] = call.args;
  const named = commandOf(word);
  if (named) return await start(named, { ...call, name: `pitboot ${named}`, args });
  const isVersion = args.length === 0 && (word === "--version" || word === "-V");
  if (isVersion) {
    const { versionText } = await import("../lib/cli/version.ts");
    return await print(() => ({ text: versionText(), exit: EXIT.done }), call);
  }
  const behind = await behindOptions(call.args);
  if (behind) {
    return await start(behind.name, { ...call, ...behind, name: `pitboot ${behind.name}` });
  }
  const { reply } = await import("../lib/cli/overview.ts");
  const commands = await manuals();
  return await print((width) => reply(call.args, { commands, width }), call);
}

/** Finds a command that has options in front of it, and hands them to it. */
async function behindOptions(
  args: readonly string[],
): Promise<{ name: CommandName; args: readonly string[] } | null> {
  const { areOptions } = await import("../lib/cli/leading_options.ts");
  for (const [i, word] of args.entries()) {
    const name = commandOf(word);
    if (!name) continue;
    const { command } = await SCRIPTS[name]();
    const leading = args.slice(0, i);
    if (areOptions(leading, command)) return { name, args: [...leading, ...args.slice(i + 1)] };
  }
  return null;
}

/** How this process was called; the name is empty when run from the sources. */
async function thisCall(): Promise<Call> {
  if (BUILD?.form === "self-extracting") {
    // Its header hands its own name over, in front.
    const [name = "", ...args] = Deno.args;
    return { name, program: name, args };
  }
  if (!Deno.build.standalone) return { name: "", program: null, args: Deno.args };
  const name = (await import("node:process")).default.argv0;
  return { name, program: Deno.execPath(), args: Deno.args };
}

function commandOf(name: string): CommandName | null {
  if (name === PREDECESSOR || `${name}.sh` === PREDECESSOR) return "run";
  return Object.hasOwn(SCRIPTS, name) ? name as CommandName : null;
}

async function start(name: CommandName, call: Call): Promise<never> {
  const early = startEarly();
  const { command, main } = await SCRIPTS[name]();
  return await main(command, { ...call, early });
}

/** Answers where no command is meant; what is wrong goes to standard error. */
async function print(reply: (width: number) => Reply, call: Call): Promise<never> {
  // Only now, like all that only some calls need: what is loaded takes its time.
  const { exit, processContext } = await import("../lib/command/process_context.ts");
  const { OutputError } = await import("../lib/io/context.ts");
  const { stdout, stderr } = processContext(call);
  try {
    const { text, exit: code } = reply(stdout.columns());
    (code === EXIT.done ? stdout : stderr).write(text);
    return exit(code);
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    stderr.write(`pitboot: ${error.message}\n  hint: ${error.details.hint}\n`);
    return exit(EXIT.failed);
  }
}
