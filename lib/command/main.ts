/**
 * Makes a process of a command: the one place that exits.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import { Failure } from "../document/problems.ts";
import { OutputError } from "./context.ts";
import { type PlainCommand, type PlainHost, runPlainCommand } from "./plain_command.ts";
import { processContext } from "./process_context.ts";
import { type Command, runCommand } from "./command.ts";

/**
 * Runs a command as this process.
 *
 * @param command What to run.
 * @param options `name`: what the process was called by; `args`: what stands
 * behind the name of the command; `program`: the file that runs, unless it is
 * the sources; `manuals`: gets those of all commands.
 */
export async function main(
  command: Command | PlainCommand,
  { name = `pitboot ${command.name}`, args = Deno.args, program = null, manuals = noManuals }: {
    name?: string;
    args?: readonly string[];
  } & Partial<Pick<PlainHost, "program" | "manuals">> = {},
): Promise<never> {
  const context = processContext(name, args);
  let exit: ExitCode;
  try {
    exit = "use" in command
      ? await runPlainCommand(command, context, { program, manuals })
      : await runCommand(command, context);
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    context.stderr.write(`pitboot ${command.name}: ${error.message}\n`);
    exit = EXIT.failed;
  }
  // Not by running dry: an abandoned read of a pipe would keep us here.
  Deno.exit(exit);
}

/** A script that runs by itself knows of no other. */
function noManuals(): Promise<never> {
  return Promise.reject(
    new Failure("failed", {
      message: "a single script does not know the other commands",
      hint: "run it as a command of pitboot",
    }),
  );
}
