/**
 * Runs a command as this process.
 *
 * @module
 */

import { type Command, runCommand } from "./command.ts";
import { type Call, exit, processContext } from "./process_context.ts";
import { Signals } from "./signals.ts";

/**
 * Runs a command as this process.
 *
 * @param command What to run.
 * @param call How the process was called; left out where a script runs by itself.
 */
export async function main(command: Command, call: Partial<Call> = {}): Promise<never> {
  const context = processContext({
    name: `pitboot ${command.name}`,
    args: Deno.args,
    program: null,
    ...call,
  }, new Signals(exit));
  return exit(await runCommand(command, context));
}
