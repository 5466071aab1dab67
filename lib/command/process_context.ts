/**
 * The context of a real process, and its end: the one place that exits.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import { codeOf, reasonOf } from "../io/failures.ts";
import { MOST_BYTES, tooLarge } from "../io/read_file.ts";
import { later } from "../io/within.ts";
import { NO_UTF8 } from "../text/byte_text.ts";
import { Outbox } from "../io/outbox.ts";
import { RunningClock } from "../io/running_clock.ts";
import { writeStream } from "../io/write_all.ts";
import { type Context, deaf, type Input, type Output, OutputError } from "../io/context.ts";

/** How a process was called. */
export type Call = Pick<Context, "name" | "args" | "program">;

/** For what is over at once. */
const DEAF: Pick<Context, "signal" | "listen"> = {
  signal: new AbortController().signal,
  listen: deaf,
};

/** What this process prints. */
const outbox = new Outbox();
/** How long to wait for input before it is tried again. */
const INPUT_PAUSE_MS = 20;

/**
 * Makes the context of this process.
 *
 * @param call How it was called.
 * @param signals Those that end it; none if left out.
 */
export function processContext(
  call: Call,
  { signal, listen }: Pick<Context, "signal" | "listen"> = DEAF,
): Context {
  const clock = new RunningClock({ now: () => performance.now(), later });
  const [stdout, stderr] = [new ProcessOutput(Deno.stdout), new ProcessOutput(Deno.stderr)];
  return {
    ...call,
    env: environmentValue,
    stdin: processInput(),
    stdout: stdout.output,
    stderr: stderr.output,
    signal,
    listen,
    runAhead: () => outbox.runAhead(),
    catchUp: async () => {
      await outbox.catchUp();
      stdout.check();
    },
    job: async () => await (await import("./job.ts")).ownJob(),
    now: Date.now,
    elapsed: clock.elapsed,
    later: clock.later,
  };
}

/**
 * Reads the environment. What is no UTF-8 is not shown by any message: Deno's own would.
 *
 * @param name A variable.
 * @returns {@linkcode NO_UTF8} in place of such a value.
 */
function environmentValue(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.InvalidData)) throw error;
    return NO_UTF8;
  }
}

/**
 * Ends this process. Not by running dry: an abandoned read of a pipe would keep
 * it alive.
 */
export function exit(code: ExitCode): never {
  Deno.exit(code);
}

/** Ends it at once, as somebody has asked twice, and says so where it keeps nobody waiting. */
export function leave(name: string): never {
  if (Deno.stderr.isTerminal() && !outbox.isBehind) {
    const words = `${name}: stopped at once; run it again: it continues where it stopped\n`;
    writeStream(Deno.stderr, new TextEncoder().encode(words));
  }
  exit(EXIT.interrupted);
}

function processInput(): Input {
  return {
    isTerminal: Deno.stdin.isTerminal(),
    secret: async (...words) => (await import("./prompt_secret.ts")).promptSecret(...words),
    read: readDescriptor,
    whole: wholeStdin,
    isNothing: isNoStdin,
    hasWriter: async () => await (await import("./chain.ts")).hasWriter(),
  };
}

async function wholeStdin(): Promise<Uint8Array | null> {
  // Only now: it takes its time. Deno itself has no word for what its standard input is.
  const { fstatSync, readSync } = await import("node:fs");
  const file = fstatSync(0);
  if (!file.isFile()) return null;
  if (file.size > MOST_BYTES) throw tooLarge();
  const bytes = new Uint8Array(file.size);
  const count = file.size > 0 ? readSync(0, bytes, 0, file.size, 0) : 0;
  return bytes.subarray(0, count);
}

/** A pipe that ends without a byte is something else: its writer has died. */
async function isNoStdin(): Promise<boolean> {
  const { fstatSync } = await import("node:fs");
  try {
    return fstatSync(0).isCharacterDevice();
  } catch (error) {
    if (codeOf(error) === "EBADF") return true;
    throw error;
  }
}

/** nohup gives us a standard input that cannot be read, in place of a terminal. */
async function readDescriptor(buffer: Uint8Array): Promise<number | null> {
  for (;;) {
    try {
      return await Deno.stdin.read(buffer);
    } catch (error) {
      if (codeOf(error) === "EBADF") return null;
      // Deno 2.6 does not wait for a stream that somebody has set not to block.
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
    await new Promise<void>((resolve) => later(INPUT_PAUSE_MS, resolve));
  }
}

/** Standard output or standard error. */
class ProcessOutput {
  readonly output: Output;
  readonly #stream: typeof Deno.stdout | typeof Deno.stderr;
  readonly #isTerminal: boolean;
  #isBroken = false;
  #error: OutputError | null = null;

  constructor(stream: typeof Deno.stdout | typeof Deno.stderr) {
    this.#stream = stream;
    const isTerminal = this.#isTerminal = stream.isTerminal();
    this.output = {
      isTerminal,
      columns: () => isTerminal ? consoleSize().columns : 80,
      rows: () => isTerminal ? consoleSize().rows : 24,
      write: (text) => this.#write(text),
      isBehind: () => outbox.isBehind,
    };
  }

  /** @throws {OutputError} If something could not be written, once. */
  check(): void {
    const error = this.#error;
    this.#error = null;
    if (error) throw error;
  }

  #write(text: string): void {
    if (!this.#isBroken) {
      outbox.write(this.#stream, new TextEncoder().encode(text), (error) => this.#fail(error));
    }
    this.check();
  }

  #fail(error: unknown): void {
    // `pitboot … | head -1`: what we do matters more than who reads of it.
    this.#isBroken = true;
    const isClosed = error instanceof Deno.errors.BrokenPipe ||
      (this.#isTerminal && codeOf(error) === "EIO");
    if (isClosed || this.#stream === Deno.stderr) return;
    const words = `standard output cannot be written: ${reasonOf(error)}`;
    this.#error = new OutputError(words, error);
  }
}

function consoleSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 }; // none of the three streams is a terminal any more
  }
}
