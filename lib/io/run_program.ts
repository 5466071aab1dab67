/**
 * Runs a program that asks for us, within limits: it may hang, or print without end.
 *
 * @module
 */

import { lastWords } from "./last_words.ts";
import { LATE, type WaitLimits, within } from "./within.ts";

/** A program, and what it is started with: nothing else of the environment. */
export interface Program {
  readonly name: string;
  readonly args: readonly string[];
  /** What it reads. */
  readonly stdin: string;
  /** The search path, if there is one. */
  readonly path: string | undefined;
  /** Whether it must outlive the terminal. @default {false} */
  readonly ignoresHangup?: boolean;
}

/** What ends a program that does not end by itself. */
export interface ProgramLimits extends WaitLimits {
  /** The most that it may print, to each of its outputs. @default {64 MiB} */
  readonly bytes?: number;
}

/** What came of a program. */
export interface Ran {
  /** Its exit code; `null` if a signal ended it, ours or another. */
  readonly code: number | null;
  readonly stdout: Uint8Array<ArrayBuffer>;
  readonly stderr: string;
  /** Whether that limit was how much it printed. */
  readonly isFlood: boolean;
}

/** Runs a program with its arguments, and hands it a text. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  stdin?: string,
) => Promise<Ran>;

/** What programs that ask for us print at most, in bytes. */
const MOST_PRINTED = 64 * 1024 * 1024;
/** How long what a program prints may gather: each look at it costs more than it does. */
const GATHER_MS = 10;
/** What comes in pieces as large as that need not gather. */
const LARGE_BYTES = 16_384;
/** Milliseconds between asking it to end and forcing it. */
const FORCE_MS = 500;

/**
 * Makes what runs programs.
 *
 * @param path The search path.
 * @param signal Ends them.
 * @returns What throws `Deno.errors.NotFound` if there is no such program, and the reason
 * of the signal.
 */
export function programRunner(path: string, signal: AbortSignal): RunProgram {
  return async (name, args, stdin = "") => {
    const ran = await runProgram({ name, args, stdin, path }, { signal });
    signal.throwIfAborted();
    return ran;
  };
}

/**
 * Runs a program until it ends, or a limit ends it.
 *
 * @throws {Deno.errors.NotFound} If there is no such program.
 */
export async function runProgram(program: Program, limits: ProgramLimits): Promise<Ran> {
  const child = startProgram(program);
  const { bytes = MOST_PRINTED, signal } = limits;
  const flood = new AbortController();
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) =>
    new ProgramOutput(stream, { ended: child.status, bytes, onFlood: () => flood.abort() })
  ) as [ProgramOutput, ProgramOutput];
  // It may end before it has read all.
  const sent = new Blob([program.stdin]).stream().pipeTo(child.stdin).catch(() => {});
  const either = signal ? AbortSignal.any([signal, flood.signal]) : flood.signal;
  const ended = await within(child.status, { ...limits, signal: either });
  const status = ended === LATE ? await force(child) : ended;
  await lastWords(Promise.all([stdout.done, stderr.done, sent]));
  const isFlood = flood.signal.aborted;
  const [printed, said] = await Promise.all([stdout.close(), stderr.close()]);
  return {
    // One whose time was over while we stood still may have ended well.
    code: !status || status.signal !== null ? null : status.code,
    stdout: printed,
    stderr: new TextDecoder().decode(said),
    isFlood,
  };
}

function startProgram({ name, args, path, ignoresHangup = false }: Program): Deno.ChildProcess {
  return new Deno.Command(name, {
    args: [...args],
    clearEnv: true,
    env: path === undefined ? {} : { PATH: path },
    detached: ignoresHangup,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Ends it, and waits for that, but not for ever. */
async function force(child: Deno.ChildProcess): Promise<Deno.CommandStatus | null> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      child.kill(signal);
    } catch {
      // it has just ended by itself
    }
    const ended = await within(child.status, { milliseconds: FORCE_MS });
    if (ended !== LATE) return ended;
  }
  return null;
}

/** What a program prints to one of its outputs, but not without end. */
class ProgramOutput {
  readonly done: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];

  constructor(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    options: {
      readonly ended: Promise<unknown>;
      readonly bytes: number;
      onFlood(): void;
    },
  ) {
    this.#reader = stream.getReader();
    this.done = this.#read(options).catch(() => {});
  }

  /** @returns What has come. */
  async close(): Promise<Uint8Array<ArrayBuffer>> {
    await this.#reader.cancel().catch(() => {});
    return await new Blob(this.#pieces).bytes();
  }

  async #read(
    { ended, bytes, onFlood }: ConstructorParameters<typeof ProgramOutput>[1],
  ): Promise<void> {
    for (let size = 0;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      if (size >= bytes) return onFlood();
      size += value.length;
      this.#pieces.push(value);
      // Of curl's list each answer is a piece of its own.
      if (value.length < LARGE_BYTES) await within(ended, { milliseconds: GATHER_MS });
    }
  }
}
