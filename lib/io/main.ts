/**
 * Makes a process of a command: the one place that exits.
 *
 * @module
 */

import { processContext } from "./process_context.ts";
import { type Command, runCommand } from "./run_command.ts";

/**
 * Runs a command as this process.
 *
 * @param command What to run.
 * @param options `name`: what the process was called by; `args`: what stands
 * behind the name of the command.
 */
export async function main(
  command: Command,
  { name = `pitboot ${command.name}`, args = Deno.args }: {
    name?: string;
    args?: readonly string[];
  } = {},
): Promise<never> {
  const exit = await runCommand(command, processContext(name, args));
  // Not by running dry: an abandoned read of a pipe would keep us here.
  Deno.exit(exit);
}
