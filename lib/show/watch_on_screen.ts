/**
 * Shows something on the whole of a terminal, again and again.
 *
 * @module
 */

import { UsageError } from "../cli/parse_flags.ts";
import type { Problem } from "../document/document.ts";
import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import type { Context } from "../io/context.ts";
import { stopSelf } from "../io/stop_self.ts";
import { pause } from "../io/within.ts";
import { wrap } from "../text/lines.ts";
import { FullScreen } from "./full_screen.ts";

const EVERY_MS = 2000;

/**
 * Shows lines on a terminal, every 2 s, until the signal ends it.
 *
 * @param command Its name.
 * @param context The world around it.
 * @param look Makes the lines, of a width in characters.
 * @returns That it was interrupted: how things are is not told by that.
 * @throws {UsageError} If there is no terminal to show them on.
 */
export async function watchOnScreen(
  command: string,
  { stdout, signal, listen, job, env, now }: Context,
  look: (width: number) => Promise<readonly string[]>,
): Promise<ExitCode> {
  if (!stdout.isTerminal || env("TERM") === "dumb") {
    throw new UsageError(
      `--watch needs a terminal as standard output; without --watch, ${command} looks once`,
    );
  }
  listen();
  using screen = new FullScreen(stdout);
  using stops = new Stops(screen, job);
  while (!signal.aborted) {
    const lines = await look(stdout.columns());
    // In the background somebody else has the terminal.
    if (!(await job()).isForeground) {
      screen.leave();
      await stops.pause(EVERY_MS, signal);
      continue;
    }
    const time = new Date(now()).toISOString().slice(11, 19);
    screen.show([`${time} UTC, every 2 s until ^C`, "", ...lines]);
    await stops.pause(EVERY_MS, signal);
  }
  return EXIT.interrupted;
}

/** What becomes of the terminal at ^Z, and after it. */
class Stops implements Disposable {
  readonly #screen: FullScreen;
  readonly #job: Context["job"];
  #goesOn = new AbortController();
  readonly #stop = (): void => void this.#leave();
  readonly #wake = (): void => this.#goesOn.abort();

  constructor(screen: FullScreen, job: Context["job"]) {
    this.#screen = screen;
    this.#job = job;
    Deno.addSignalListener("SIGTSTP", this.#stop);
    Deno.addSignalListener("SIGCONT", this.#wake);
  }

  /** A pause that ends when we go on after ^Z. */
  async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#goesOn = new AbortController();
    await pause(milliseconds, AbortSignal.any([signal, this.#goesOn.signal]));
  }

  /** Who listens to ^Z must stop by himself; without a shell nobody would let us go on. */
  async #leave(): Promise<void> {
    if (!(await this.#job()).hasShell) return;
    this.#screen.leave();
    stopSelf();
  }

  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGTSTP", this.#stop);
    Deno.removeSignalListener("SIGCONT", this.#wake);
  }
}

/** As a reporter writes them, and broken where the terminal ends. */
export function problemRows({ severity, message, hint }: Problem, width: number): string[] {
  const [first = "", ...rows] = message.split("\n");
  const hints = hint ? wrap(`hint: ${hint}`, width - 2).map((line) => `  ${line}`) : [];
  return [...wrap(`${severity}: ${first}`, width), ...rows, ...hints];
}
