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
import { PREDECESSOR } from "../lib/cli/names.ts";
import { versionText } from "../lib/cli/version.ts";
import type { Call } from "../lib/command/process_context.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { type CommandName, COMMANDS, manuals } from "./commands.ts";

if (import.meta.main) pitboot();

/** Runs the command that is meant: by the name of a link, else by the first word. */
export async function pitboot(): Promise<void> {
  const call = await thisCall();
  const linked = commandOf(call.name.replace(/^.*\//, ""));
  if (linked) return await start(linked, call);
  const [word = "", ...args] = call.args;
  const named = commandOf(word);
  if (named) return await start(named, { ...call, name: `pitboot ${named}`, args });
  if (word === "--version" || (word === "--verbose" && args.includes("--version"))) {
    return console.log(versionText({ verbose: call.args.includes("--verbose") }).trimEnd());
  }
  await explain(word, call);
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
  // Only now, like all that only some calls need: a start is paid for by the module.
  const { main } = await import("../lib/command/main.ts");
  return await main(command, call);
}

/** Says what commands there are, where none of them is meant. */
async function explain(word: string, call: Call): Promise<never> {
  const { exit, processContext } = await import("../lib/command/process_context.ts");
  const { overview, unknownCommand } = await import("../lib/cli/overview.ts");
  const { stdout, stderr } = processContext(call);
  const isAsked = word === "--help" || word === "-h";
  if (isAsked || word === "") (isAsked ? stdout : stderr).write(overview(await manuals()));
  else stderr.write(unknownCommand(word, Object.keys(COMMANDS)));
  return exit(isAsked ? EXIT.done : EXIT.usage);
}
