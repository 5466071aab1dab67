/**
 * Commands that run in the process of the tests while these do something to them; and their
 * timeouts, which come when what must happen before has happened, however slow the machine is.
 *
 * @module
 */

import { FakeClock } from "./fake_clock.ts";
import { callInProcess, type InProcessOptions } from "./in_process.ts";
import { type CallResult, until } from "./kit.ts";
import type { Words } from "./refusals.ts";
import type { Pit } from "../tools/pit/make_pit.ts";

/**
 * Runs a command in this process. Its clock runs, and runs fast, once something is so.
 *
 * @param isSo Tells it from what was said to standard error until now.
 */
export async function callUntilLate(
  pit: Pit,
  words: Words,
  { isSo, ...options }: InProcessOptions & { readonly isSo: (stderr: string) => boolean },
): Promise<CallResult> {
  const clock = new FakeClock();
  const { elapsed, later } = clock;
  const seen = { stderr: "", hasEnded: false };
  const hear = (stderr: string): void => void (seen.stderr = stderr);
  const end = (): void => void (seen.hasEnded = true);
  const running = callInProcess(pit, words, { ...options, elapsed, later, hear });
  running.then(end, end);
  await until(() => seen.hasEnded || isSo(seen.stderr));
  while (!seen.hasEnded) {
    await clock.advance(5000);
    // What it does to processes takes real time, and is not to wait for us.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return await running;
}

/** A command that runs in this process while a test does something. */
export interface Running {
  /** What it has said to standard error until now. */
  readonly stderr: string;
  readonly end: Promise<CallResult>;
  /** Stops it as ^C does. */
  interrupt(): void;
}

/** Starts a command in this process. */
export function startInProcess(pit: Pit, words: Words, options: InProcessOptions = {}): Running {
  const { signal, abort } = interruption();
  const running = {
    stderr: "",
    end: Promise.resolve().then(() => callInProcess(pit, words, { ...options, signal, hear })),
    interrupt: abort,
  };
  const hear = (stderr: string): void => void (running.stderr = stderr);
  return running;
}

function interruption(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  const reason = new DOMException("stopped by SIGINT", "AbortError");
  return { signal: controller.signal, abort: () => controller.abort(reason) };
}

/** Whether so many lines of standard error say something. */
export function isSaid(text: string, times = 1): (stderr: string) => boolean {
  return (stderr) => stderr.split(text).length > times;
}
