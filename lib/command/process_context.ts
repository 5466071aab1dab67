/**
 * The context of a real process, and its end: the one place that exits.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import { codeOf, reasonOf } from "../io/failures.ts";
import { MOST_BYTES, tooLarge } from "../io/read_file.ts";
import { later } from "../io/within.ts";
import { writeStream } from "../io/write_all.ts";
import { type Context, deaf, type Input, type Output, OutputError } from "../io/context.ts";

/** How a process was called. */
export type Call = Pick<Context, "name" | "args" | "program">;

/** For what is over at once. */
const DEAF: Pick<Context, "signal" | "listen"> = {
  signal: new AbortController().signal,
  listen: deaf,
};

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
  return {
    ...call,
    env: (name) => Deno.env.get(name),
    stdin: processInput(),
    stdout: processOutput(Deno.stdout),
    stderr: processOutput(Deno.stderr),
    signal,
    listen,
    job: async () => await (await import("./job.ts")).ownJob(),
    now: Date.now,
    elapsed: () => performance.now(),
    later,
  };
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
  if (Deno.stderr.isTerminal()) {
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
  try {
    return await Deno.stdin.read(buffer);
  } catch (error) {
    if (codeOf(error) === "EBADF") return null;
    throw error;
  }
}

function processOutput(stream: typeof Deno.stdout | typeof Deno.stderr): Output {
  const isTerminal = stream.isTerminal();
  let isBroken = false;
  return {
    isTerminal,
    columns: () => isTerminal ? consoleSize().columns : 80,
    rows: () => isTerminal ? consoleSize().rows : 24,
    write: (text) => {
      if (isBroken) return;
      try {
        writeStream(stream, new TextEncoder().encode(text));
      } catch (error) {
        // `pitboot … | head -1`: what we do matters more than who reads of it.
        isBroken = true;
        const isClosed = error instanceof Deno.errors.BrokenPipe ||
          (isTerminal && codeOf(error) === "EIO");
        if (isClosed || stream === Deno.stderr) return;
        throw new OutputError(`standard output cannot be written: ${reasonOf(error)}`, error);
      }
    },
  };
}

function consoleSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 }; // none of the three streams is a terminal any more
  }
}
