/**
 * pitboot: finds the command that is meant, and runs it.
 *
 * Synopsis: pitboot COMMAND [OPTION]...
 *           COMMAND [OPTION]..., called by a link of that name
 * Output:   that of the command; without one the list of commands
 * Exit:     that of the command; 2 usage
 *
 * @module
 */

import { BUILD } from "../lib/cli/build.ts";
import { overview, unknownCommand } from "../lib/cli/overview.ts";
import { PREDECESSOR } from "../lib/cli/program.ts";
import { versionText } from "../lib/cli/version.ts";
import type { Context } from "../lib/command/context.ts";
import { type Call, exit, processContext } from "../lib/command/process_context.ts";
import { EXIT, type ExitCode } from "../lib/document/exit_codes.ts";
import { type CommandName, COMMANDS, manuals } from "./commands.ts";

if (import.meta.main) pitboot();

/** Runs the command that is meant: by the name of a link, else by the first word. */
export async function pitboot(): Promise<never> {
  const call = await thisCall();
  const linked = commandOf(call.name.replace(/^.*\//, ""));
  if (linked) return await start(linked, call);
  const [word = "", ...args] = call.args;
  const named = commandOf(word);
  if (named) return await start(named, { ...call, name: `pitboot ${named}`, args });
  return exit(await answer(processContext(call)));
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
  return Object.hasOwn(COMMANDS, name) ? name as CommandName : null;
}

async function start(name: CommandName, call: Call): Promise<never> {
  const { command } = await COMMANDS[name]();
  // Only now: to say a version takes a third of the time without it.
  const { main } = await import("../lib/command/main.ts");
  return await main(command, call);
}

/** Answers where no command is meant. */
async function answer({ args, stdout, stderr }: Context): Promise<ExitCode> {
  const [word = ""] = args;
  if (word === "--version" || (word === "--verbose" && args.includes("--version"))) {
    stdout.write(versionText({ verbose: args.includes("--verbose") }));
    return EXIT.done;
  }
  if (word === "--help" || word === "-h") {
    stdout.write(overview(await manuals()));
    return EXIT.done;
  }
  const names = Object.keys(COMMANDS);
  stderr.write(word === "" ? overview(await manuals()) : unknownCommand(word, names));
  return EXIT.usage;
}
