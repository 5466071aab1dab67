/**
 * The signals that end a command, and those that this process was started to ignore.
 *
 * @module
 */

import type { Listening } from "../io/context.ts";
import { jobOf, STAT_LINE } from "./job.ts";

/** The signals that end pitboot, with their numbers. */
const ENDING = { SIGINT: 2, SIGQUIT: 3, SIGTERM: 15, SIGHUP: 1 } as const;

/** A signal that ends pitboot. */
export type Ending = keyof typeof ENDING;

/** The first Deno that opens a debugger at SIGUSR1. */
const DEBUGGING = [2, 9, 2] as const;

/** How this process was started. */
interface Start {
  /** The signals that it ignores. */
  readonly ignored: readonly Ending[];
  readonly isForeground: boolean;
}

/** That, where it was found out at once; `null` where there is time to find out. */
export type Early = Start | null;

/**
 * Finds out which signals are ignored, where that cannot wait: half a second after its
 * start a Deno with a debugger listens to them itself, and then nobody can tell any more.
 * A busy machine may take longer than that to load a command.
 */
export function startEarly(): Early {
  return isSince(Deno.version.deno, DEBUGGING) ? findStart() : null;
}

/**
 * Listens to the signals that end a command, once it has something to lose. Until then
 * they do what they do to any program: to find out which of them are ignored takes a
 * child, and a command that only looks is over before that has ended.
 */
export class Signals {
  readonly #exit: () => never;
  readonly #controller = new AbortController();
  readonly #early: Early;
  #listening: Listening | null = null;

  /**
   * @param exit Ends the process at once.
   * @param early What {@linkcode startEarly} has found.
   */
  constructor(exit: () => never, early: Early = startEarly()) {
    this.#exit = exit;
    this.#early = early;
    // Deno opens a debugger at SIGUSR1, and any user of this machine could become root by
    // it. What is built holds an older one, as the debugger may be open before we listen.
    if (early) this.listen();
  }

  /** Aborted when the process is told to end, if anybody listens. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Listens from now on. Told so again, not by a hangup, the process ends at once:
   * everything on disk is whole at any time.
   */
  readonly listen = (): Listening => {
    if (this.#listening) return this.#listening;
    const { ignored, isForeground } = this.#early ?? findStart();
    Deno.addSignalListener("SIGUSR1", () => this.#exit());
    // Some agents start us with it ignored: then the kernel tells nobody how a child has ended.
    Deno.addSignalListener("SIGCHLD", () => {});
    for (const signal of Object.keys(ENDING) as Ending[]) {
      // With any listener Deno ends us at these signals: to go on is to listen, too.
      const hear = ignored.includes(signal) ? (): void => {} : () => this.#hear(signal);
      Deno.addSignalListener(signal, hear);
    }
    return this.#listening = { ignoresHangup: ignored.includes("SIGHUP"), isForeground };
  };

  #hear(signal: Ending): void {
    // A terminal that is closed hangs up twice: its shell does, and the kernel.
    if (this.#controller.signal.aborted && signal !== "SIGHUP") this.#exit();
    this.#controller.abort(new DOMException(`stopped by ${signal}`, "AbortError"));
  }
}

/**
 * Finds out which of them are ignored, and whether the terminal is ours: nohup ignores the hangup, and a shell without
 * job control the interrupts of what it puts into the background. To listen to one
 * ends that.
 *
 * Deno lets only programs with all permissions read /proc, so a child looks, which
 * inherits what is ignored: it must be asked before anything listens.
 *
 * @returns Where nobody can tell, nothing is ignored.
 */
function findStart(): Start {
  try {
    const { stdout } = new Deno.Command("grep", {
      args: ["-hE", `^(SigIgn:|${STAT_LINE})`, "/proc/self/status", "/proc/self/stat"],
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).outputSync();
    const text = new TextDecoder().decode(stdout);
    return { ignored: ignoredOf(text), isForeground: jobOf(text).isForeground };
  } catch {
    return { ignored: [], isForeground: true }; // there is no grep
  }
}

/**
 * Reads the mask of ignored signals.
 *
 * @param status The line of /proc/PID/status.
 */
export function ignoredOf(status: string): readonly Ending[] {
  const [, digits = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  const mask = BigInt(`0x${digits}`);
  const names = Object.keys(ENDING) as Ending[];
  return names.filter((name) => (mask >> BigInt(ENDING[name] - 1) & 1n) === 1n);
}

/**
 * Tells whether a version is some other or a later one.
 *
 * @param version For instance `2.9.6`.
 * @param first The other one, in numbers.
 */
export function isSince(version: string, first: readonly [number, number, number]): boolean {
  const numbers = version.split(".").map(Number);
  const place = first.findIndex((number, i) => number !== numbers[i]);
  return place < 0 || (numbers[place] ?? 0) > (first[place] ?? 0);
}
