/**
 * Namespaces of its own for a lab: network, mounts, processes, host name. All
 * that happens in there is gone when its first process ends.
 *
 * @module
 */

import { namespaceArgs } from "../needs.ts";

/** What a command in the sandbox did. */
export interface Result {
  /** Its exit status, 128 + the signal if one ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command in the sandbox. */
export interface RunOptions {
  /** Added to the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads; nothing by default. */
  readonly stdin?: string;
  /** Sends `kill` to the command and all it has started. */
  readonly signal?: AbortSignal;
  /** @default {"SIGTERM"} */
  readonly kill?: Deno.Signal;
  /** @default {Deno.cwd()} */
  readonly cwd?: string;
}

const SCRIPT = new URL("./sandbox.sh", import.meta.url).pathname;

/** The namespaces of a lab and the processes in them. */
export class Sandbox {
  /** Of `unshare`, which takes the rest along when it ends. */
  readonly pid: number;
  /** Of the first process inside, as seen from outside. */
  readonly first: number;
  #child: Deno.ChildProcess | null;

  private constructor(pid: number, child: Deno.ChildProcess | null) {
    this.pid = pid;
    this.first = childrenOf(pid)[0] ?? fail(`no sandbox has the pid ${pid}`);
    this.#child = child;
  }

  /**
   * Opens a sandbox.
   *
   * @param options `stay`: whether it outlives this process.
   * @returns The sandbox, empty but for its first process.
   * @throws {Error} If the kernel refuses one.
   */
  static async open(options: { stay?: boolean } = {}): Promise<Sandbox> {
    const child = new Deno.Command("unshare", {
      args: [...namespaceArgs(), SCRIPT, ...options.stay ? ["--stay"] : []],
      // Closed when this process ends, however it ends, and with it the lab.
      stdin: options.stay ? "null" : "piped",
      stdout: "piped",
      // Not ours to pass on: whoever reads ours would wait for the lab's end.
      stderr: "piped",
      detached: options.stay ?? false,
    }).spawn();
    const said = await readUntil(child.stdout, "ready\n");
    if (!said.endsWith("ready\n")) {
      throw new Error(`no sandbox for the lab: ${said}${await readUntil(child.stderr)}`);
    }
    await child.stderr.cancel();
    if (options.stay) child.unref();
    return new Sandbox(child.pid, options.stay ? null : child);
  }

  /**
   * Finds a sandbox that another process opened to stay.
   *
   * @param pid Of its `unshare`.
   * @returns The sandbox.
   * @throws {Error} If there is none.
   */
  static attach(pid: number): Sandbox {
    return new Sandbox(pid, null);
  }

  /** The sandbox's root directory, as seen from outside. */
  get root(): string {
    return `/proc/${this.first}/root`;
  }

  /**
   * Makes a command line that runs inside.
   *
   * @param cmd The command and its arguments.
   * @param options `cwd`: where to run it.
   * @returns A command line for outside.
   */
  entering(cmd: readonly string[], options: { cwd?: string } = {}): string[] {
    const user = Deno.uid() === 0 ? [] : ["--user", "--preserve-credentials"];
    return [
      "nsenter",
      "--target",
      String(this.first),
      ...user,
      "--net",
      "--mount",
      "--pid",
      "--ipc",
      "--uts",
      "--",
      "env",
      `--chdir=${options.cwd ?? Deno.cwd()}`,
      ...cmd,
    ];
  }

  /**
   * Runs a command inside.
   *
   * @param cmd The command and its arguments.
   * @param options Its environment, input and end.
   * @returns What it wrote and how it ended.
   */
  async run(cmd: readonly string[], options: RunOptions = {}): Promise<Result> {
    options.signal?.throwIfAborted();
    const cwd = options.cwd ?? Deno.cwd();
    const [program = "", ...args] = this.entering(["setsid", ...cmd], { cwd });
    const child = new Deno.Command(program, {
      args,
      env: { ...options.env },
      stdin: options.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const abort = (): void => kill(child.pid, options.kill ?? "SIGTERM");
    options.signal?.addEventListener("abort", abort);
    try {
      const [output] = await Promise.all([
        child.output(),
        options.stdin === undefined ? null : feed(child.stdin, options.stdin),
      ]);
      return {
        code: output.code,
        stdout: new TextDecoder().decode(output.stdout),
        stderr: new TextDecoder().decode(output.stderr),
      };
    } finally {
      options.signal?.removeEventListener("abort", abort);
    }
  }

  /** Ends every process inside, and waits until they have ended. */
  async close(): Promise<void> {
    if (this.#child) {
      await this.#child.stdin.close();
      await this.#child.status;
      this.#child = null;
    } else if (isAlive(this.pid)) {
      Deno.kill(this.pid, "SIGKILL");
      while (isAlive(this.first)) await new Promise((go) => setTimeout(go, 10));
    }
  }
}

/** To the command's own session, so that nsenter lives to tell the status. */
function kill(nsenter: number, signal: Deno.Signal): void {
  const [inner] = childrenOf(nsenter);
  try {
    Deno.kill(inner === undefined ? nsenter : -inner, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
    return text.split(" ").filter(Boolean).map(Number);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Whether a process goes on. */
export function isAlive(pid: number): boolean {
  try {
    // A zombie has ended, whoever has yet to ask for its status.
    return !/^State:\s+[ZX]/m.test(
      Deno.readTextFileSync(`/proc/${pid}/status`),
    );
  } catch {
    return false;
  }
}

async function readUntil(
  stream: ReadableStream<Uint8Array>,
  end?: string,
): Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (end === undefined || !text.endsWith(end)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text;
}

async function feed(
  stream: WritableStream<Uint8Array>,
  text: string,
): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // A command may end without reading all of its input; the stream then
    // says "broken pipe" or, as of older versions of Deno, "closed".
    const closed = error instanceof Deno.errors.BrokenPipe ||
      error instanceof TypeError;
    if (!closed) throw error;
  }
}

function fail(message: string): never {
  throw new Error(message);
}
