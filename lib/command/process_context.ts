/**
 * The context of a real process.
 *
 * @module
 */

import { type Context, type Input, type Output, OutputError } from "./context.ts";
import { reasonOf } from "../io/failures.ts";
import { promptSecret } from "./prompt_secret.ts";
import { writeAll } from "../io/write_all.ts";

/** How long the last commands of a chain wait for those before them after ^C. */
const GRACE_MS = 2000;

/**
 * Makes the context of this process and listens to its signals.
 *
 * @param name The name that it was called by.
 * @param args What stands behind the name of the command.
 */
export function processContext(name: string, args: readonly string[]): Context {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      // Whoever insists wants out now: everything on disk is whole at any time.
      if (controller.signal.aborted) Deno.exit(130);
      controller.abort(new DOMException(`stopped by ${signal}`, "AbortError"));
    });
  }
  return {
    name,
    args,
    env: (name) => Deno.env.get(name),
    stdin: processInput(),
    stdout: processOutput(Deno.stdout),
    stderr: processOutput(Deno.stderr),
    signal: controller.signal,
    now: Date.now,
  };
}

function processInput(): Input {
  return {
    isTerminal: Deno.stdin.isTerminal(),
    secret: promptSecret,
    text: async (signal) => {
      const abort = Promise.withResolvers<never>();
      // The command before us got the same ^C and is about to hand us its
      // document with what was done: give it a moment.
      const onAbort = (): void => {
        setTimeout(() => abort.reject(signal.reason), GRACE_MS);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      return await Promise.race([new Response(Deno.stdin.readable).text(), abort.promise]);
    },
  };
}

function processOutput(stream: typeof Deno.stdout | typeof Deno.stderr): Output {
  const isTerminal = stream.isTerminal();
  let isBroken = false;
  return {
    isTerminal,
    columns: () => isTerminal ? consoleColumns() : 80,
    write: (text) => {
      if (isBroken) return;
      try {
        writeAll(stream, new TextEncoder().encode(text));
      } catch (error) {
        // `pitboot … | head -1`: what we do matters more than who reads of it.
        isBroken = true;
        if (error instanceof Deno.errors.BrokenPipe || stream === Deno.stderr) return;
        throw new OutputError(`standard output cannot be written: ${reasonOf(error)}`, {
          cause: error,
        });
      }
    },
  };
}

function consoleColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80; // none of the three streams is a terminal any more
  }
}
