/**
 * Runs a command as this process.
 *
 * @module
 */

import { EXIT } from "../document/exit_codes.ts";
import { type Command, runCommand } from "./command.ts";
import { ENDING, type Ending, ignoredSignals } from "./ignored_signals.ts";
import { type Call, exit, processContext } from "./process_context.ts";

/**
 * Runs a command as this process.
 *
 * @param command What to run.
 * @param call How the process was called; left out where a script runs by itself.
 */
export async function main(command: Command, call: Partial<Call> = {}): Promise<never> {
  const ignored = await ignoredSignals();
  const context = processContext({
    name: `pitboot ${command.name}`,
    args: Deno.args,
    program: null,
    ignoresHangup: ignored.includes("SIGHUP"),
    ...call,
  }, interruption(ignored));
  return exit(await runCommand(command, context));
}

/**
 * Aborts when the process is told to end; told so again, not by a hangup, it ends at once.
 * Everything on disk is whole at any time.
 *
 * @param ignored Signals that mean nothing.
 */
function interruption(ignored: readonly Ending[]): AbortSignal {
  const controller = new AbortController();
  // Deno 2.9.2 and newer open a debugger at this signal, and any user of this
  // machine could become root by it. It ends us, as it ends most programs; what is
  // built holds an older one, as the debugger may be open before we have ended.
  Deno.addSignalListener("SIGUSR1", () => exit(EXIT.interrupted));
  for (const signal of Object.keys(ENDING) as Ending[]) {
    Deno.addSignalListener(signal, () => {
      // With any listener Deno ends us at these signals: to go on is to listen, too.
      if (ignored.includes(signal)) return;
      // A terminal that is closed hangs up twice: its shell does, and the kernel.
      if (controller.signal.aborted && signal !== "SIGHUP") exit(EXIT.interrupted);
      controller.abort(new DOMException(`stopped by ${signal}`, "AbortError"));
    });
  }
  return controller.signal;
}
