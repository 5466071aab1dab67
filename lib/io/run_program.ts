/**
 * Runs a program that asks for us.
 *
 * @module
 */

/** What came of a program. */
export interface Ran {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** Runs a program with its arguments, and hands it a text. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  stdin?: string,
) => Promise<Ran>;

/** How long what a program prints may gather: each look at it costs more than it does. */
const GATHER_MS = 10;
/** What comes in pieces as large as that need not gather. */
const LARGE_BYTES = 16_384;

/**
 * Makes what runs programs. They get the search path, and nothing else of the environment.
 *
 * @param path The search path.
 * @param signal Ends them.
 * @returns What throws `Deno.errors.NotFound` if there is no such program.
 */
export function programRunner(path: string, signal: AbortSignal): RunProgram {
  return async (program, args, stdin = "") => {
    const child = new Deno.Command(program, {
      args: [...args],
      clearEnv: true,
      env: { PATH: path },
      signal,
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" } as const,
    }).spawn();
    const [{ code }, stdout, stderr] = await Promise.all([
      child.status,
      gather(child.stdout),
      gather(child.stderr),
      new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {}), // it has ended
    ]);
    signal.throwIfAborted();
    return { code, stdout, stderr: new TextDecoder().decode(stderr) };
  };
}

/** Reads to the end: of curl's list, each answer is a piece of its own. */
async function gather(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of stream) {
    pieces.push(piece);
    if (piece.length < LARGE_BYTES) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    }
  }
  return await new Blob(pieces).bytes();
}
