/**
 * Commands run in the process of the tests, where their streams can be chosen,
 * and where a table of bad input costs no process a row. What a process adds
 * (permissions, signals, pipes, its exit) is tested with real ones.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type Command, runCommand } from "../lib/command/command.ts";
import { type Context, deaf, type Input, type Output } from "../lib/io/context.ts";
import { later } from "../lib/io/within.ts";
import { type CommandName, COMMANDS } from "../scripts/commands.ts";
import type { Pit } from "../tools/pit/make_pit.ts";
import { type CallOptions, type CallResult, environment, Result } from "./kit.ts";

/** How to run a command in this process. */
export type InProcessOptions = Partial<
  & Pick<CallOptions, "env">
  & Pick<Context, "name" | "stdout" | "stderr" | "signal" | "now" | "elapsed" | "later">
  & {
    /** A text is a pipe, and none is `/dev/null`. */
    readonly stdin: string | Input;
    /** Whether both outputs are one terminal; no board is shown if `TERM` is `dumb`. */
    readonly onTerminal: boolean;
    /** Hears what was said to standard error until now, as soon as there is more of it. */
    readonly hear: (stderr: string) => void;
  }
>;

/** Runs `pitboot COMMAND ARGS --root=…` in this process. */
export async function callInProcess(
  pit: Pit,
  [name, ...args]: readonly [CommandName, ...string[]],
  { env, ...options }: InProcessOptions = {},
): Promise<CallResult> {
  const { command } = await COMMANDS[name]();
  const words = [...args, `--root=${pit.root}`];
  const result = await runInProcess(command, words, { env: environment(pit, env), ...options });
  const { exits } = command;
  // Its help says how it may end; a document that it is handed may hold more.
  if (!options.stdin && !args.includes("--input")) {
    assert(
      exits.some((exit) => exit === result.code),
      `${name} does not say that it may end with ${result.code}`,
    );
  }
  return result;
}

/** Runs a command in this process. */
export async function runInProcess(
  command: Command,
  args: readonly string[],
  { stdin = "", env = {}, onTerminal = false, hear = () => {}, ...context }: InProcessOptions = {},
): Promise<CallResult> {
  const printed = { stdout: "", stderr: "" };
  const say = (text: string): void => hear(printed.stderr += text);
  const code = await runCommand(command, {
    name: `pitboot ${command.name}`,
    args,
    program: null,
    env: (key) => env[key],
    stdin: typeof stdin === "string" ? inputOf(stdin) : stdin,
    stdout: { ...collect((text) => printed.stdout += text), isTerminal: onTerminal },
    stderr: { ...collect(say), isTerminal: onTerminal },
    signal: new AbortController().signal,
    listen: deaf,
    runAhead: () => {},
    catchUp: () => Promise.resolve(),
    job: () => Promise.resolve({ isForeground: true, hasShell: true }),
    now: Date.now,
    elapsed: () => performance.now(),
    later,
    ...context,
  });
  return new Result(code, printed.stdout, printed.stderr);
}

/** Runs commands in this process one after another, each on the document of the one before. */
export async function chainInProcess(
  pit: Pit,
  commands: readonly (readonly [CommandName, ...string[]])[],
): Promise<CallResult> {
  let last = new Result(0, "", "");
  for (const words of commands) {
    const { code, stdout, stderr } = await callInProcess(pit, words, { stdin: last.stdout });
    last = new Result(code, stdout, last.stderr + stderr);
  }
  return last;
}

/** The document that a chain hands to set-links. */
export async function chained(pit: Pit, args: readonly string[] = []): Promise<string> {
  return (await callInProcess(pit, ["run", "--dry-run", "--json", ...args])).stdout;
}

/** An output that is no terminal. */
export function collect(write: (text: string) => void): Output {
  return { isTerminal: false, columns: () => 80, rows: () => 24, write, isBehind: () => false };
}

/** An input that is no terminal and no file. */
export function inputOf(text: string): Input {
  let left = new TextEncoder().encode(text);
  return {
    isTerminal: false,
    secret: noSecret,
    whole: () => Promise.resolve(null),
    hasWriter: () => Promise.resolve(false),
    // Where nothing is said of it, nobody gave it.
    isNothing: () => Promise.resolve(text === ""),
    read: (buffer) => {
      const count = Math.min(buffer.length, left.length);
      buffer.set(left.subarray(0, count));
      left = left.subarray(count);
      return Promise.resolve(count || null);
    },
  };
}

/** The pipe of a command that ended without a word. */
export const EMPTY_PIPE: Input = { ...inputOf(""), isNothing: () => Promise.resolve(false) };

function noSecret(): Promise<string> {
  return Promise.reject(new Error("nobody is at this terminal"));
}
