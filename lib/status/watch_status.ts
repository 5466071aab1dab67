/**
 * Looks at what nodes would boot, again and again.
 *
 * @module
 */

import { UsageError } from "../cli/parse_flags.ts";
import { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { Reporter } from "../show/reporter.ts";
import { FullScreen } from "../show/full_screen.ts";
import type { Document, Problem } from "../document/document.ts";
import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import { summarise, TOLD_BY_STATE } from "../document/summary.ts";
import type { Context } from "../io/context.ts";
import { stopSelf } from "../io/stop_self.ts";
import { pause } from "../io/within.ts";
import { wrap } from "../text/lines.ts";
import { Root } from "../io/root.ts";
import { readStatus } from "./status.ts";

const EVERY_MS = 2000;

type WatchFlags = Parameters<typeof readStatus>[1] & { readonly root: string };

/**
 * Shows the status on a terminal, every 2 s, until the signal ends it. A look that
 * fails is shown as that.
 *
 * @param flags The options of status.
 * @returns That it was interrupted: how the nodes are is not told by that.
 * @throws {UsageError} If there is no terminal to show it on.
 */
export async function watchStatus(
  flags: WatchFlags,
  host: Host,
): Promise<ExitCode> {
  const { stdout, signal, listen, job, env, now } = host.context;
  if (!stdout.isTerminal || env("TERM") === "dumb") {
    throw new UsageError(
      "--watch needs a terminal as standard output; without --watch, status looks once",
    );
  }
  listen();
  using screen = new FullScreen(stdout);
  using stops = new Stops(screen, job);
  while (!signal.aborted) {
    const document = await lookOnce(flags, host);
    // In the background somebody else has the terminal.
    if (!(await job()).isForeground) {
      screen.leave();
      await stops.pause(EVERY_MS, signal);
      continue;
    }
    const time = new Date(now()).toISOString().slice(11, 19);
    const width = stdout.columns();
    screen.show([
      `${time} UTC, every 2 s until ^C`,
      "",
      ...summarise(document, ["state"], width),
      ...document.problems.filter(({ code }) => code !== TOLD_BY_STATE)
        .flatMap((problem) => ["", ...problemLines(problem, width)]),
    ]);
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

async function lookOnce(flags: WatchFlags, host: Host): Promise<Document> {
  const draft = new Draft(() => {}, host.typed);
  draft.begin("status");
  const silent = { quiet: true, verbose: false, color: "never" } as const;
  const reporter = new Reporter(host.context, "pitboot status", silent);
  try {
    // Another root each time: a file is read once for each.
    await readStatus(draft, flags, { ...host, reporter, root: new Root(flags.root) });
  } catch (error) {
    draft.fail(error, reporter);
  }
  return draft.document;
}

/** As a reporter writes them, and broken where the terminal ends. */
function problemLines({ severity, message, hint }: Problem, width: number): string[] {
  const [first = "", ...rows] = message.split("\n");
  const hints = hint ? wrap(`hint: ${hint}`, width - 2).map((line) => `  ${line}`) : [];
  return [...wrap(`${severity}: ${first}`, width), ...rows, ...hints];
}
