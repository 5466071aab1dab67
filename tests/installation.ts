/**
 * What tests of an installed pitboot share: throw-away roots,
 * , and pitboot without `--root`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type CommandName, COMMANDS } from "../scripts/commands.ts";
import { runInProcess } from "./in_process.ts";
import { PITBOOT, treeOf } from "./kit.ts";
import { temporaryDirectory } from "./temporary.ts";

/** What came of a call. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory that goes away at the end of its block. */
export interface TemporaryRoot extends Disposable {
  readonly root: string;
}

/** Runs `pitboot ARGS` as a process of its own. */
export async function call(...args: string[]): Promise<Printed> {
  return await execute([...PITBOOT, ...args]);
}

/** Runs `pitboot COMMAND ARGS` in this process. */
export async function callHere(name: CommandName, ...args: string[]): Promise<Printed> {
  const { command } = await COMMANDS[name]();
  const { code, stdout, stderr } = await runInProcess(command, args, { env: Deno.env.toObject() });
  return { code, stdout, stderr };
}

/** Runs a program. */
export async function execute(
  [program = "", ...args]: readonly string[],
  { stdin, env = {} }: { stdin?: string; env?: Record<string, string> } = {},
): Promise<Printed> {
  const child = new Deno.Command(program, {
    args,
    env,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ code, stdout, stderr }] = await Promise.all([
    child.output(),
    stdin === undefined ? null : new Blob([stdin]).stream().pipeTo(child.stdin),
  ]);
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** Runs a program that must do well, and returns what it prints. */
export async function printedBy(
  words: readonly string[],
  options: { stdin?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const { code, stdout, stderr } = await execute(words, options);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, words.join(" "));
  return stdout;
}

/** Where the program of {@linkcode temporaryRoot} is, as seen from inside. */
export const PROGRAM = "/opt/pitboot";

/** A system that has nothing but a stand-in for the program, in {@linkcode PROGRAM}. */
export function temporaryRoot(): TemporaryRoot {
  const { directory: root, ...temporary } = temporaryDirectory();
  Deno.mkdirSync(`${root}/opt`);
  Deno.writeTextFileSync(root + PROGRAM, "#!/bin/sh\n", { mode: 0o755 });
  return { root, ...temporary };
}

/** Runs `pitboot install ARGS` for such a system, with its program unless ARGS name another. */
export async function install(root: string, ...args: string[]): Promise<Printed> {
  return await callHere("install", ...installArgs(root, args));
}

/** The arguments of `install` for such a system. */
export function installArgs(root: string, args: readonly string[]): string[] {
  const isNamed = args.some((arg) => arg.startsWith("--binary="));
  return [`--root=${root}`, ...isNamed ? [] : [`--binary=${PROGRAM}`], ...args];
}

/** By path: the mode of what is there, and what that is. */
export type Modes = Record<string, string>;

/** The tree below a directory with the mode of everything. */
export function modesOf(root: string): Modes {
  return Object.fromEntries(
    Object.entries(treeOf(root)).map(([path, what]) => {
      const { mode } = Deno.lstatSync(`${root}/${path.replace(/\/$/, "")}`);
      return [path, `${((mode ?? 0) & 0o7777).toString(8)} ${what}`];
    }),
  );
}

/** Writes a file below a root, and makes directories for it. */
export function write(root: string, path: string, text: string, mode = 0o644): void {
  const file = `${root}/${path}`;
  Deno.mkdirSync(file.replace(/\/[^/]*$/, ""), { recursive: true });
  Deno.writeTextFileSync(file, text);
  Deno.chmodSync(file, mode);
}
