/**
 * Runs a command as this process.
 *
 * @module
 */

import { type Command, runCommand } from "./command.ts";
import { type Call, exit, leave, processContext } from "./process_context.ts";
import { type Early, Signals } from "./signals.ts";

/**
 * Runs a command as this process.
 *
 * @param command What to run.
 * @param call How the process was called; left out where a script runs by itself. `early`:
 * which signals are ignored, where that was found out before the command was loaded.
 */
export async function main(
  command: Command,
  { early, ...call }: Partial<Call> & { readonly early?: Early } = {},
): Promise<never> {
  const name = `pitboot ${command.name}`;
  const context = processContext(
    { name, args: Deno.args, program: null, ...call },
    new Signals(() => leave(name), early),
  );
  return exit(await runCommand(command, context));
}
