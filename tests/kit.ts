/**
 * What tests of whole commands share: throw-away PITs, pitboot as a process,
 * and a look at every document that comes out.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import { type Document, DOCUMENT_SCHEMA, parseDocument } from "../mod.ts";
import { makePit, type Pit, type PitOptions } from "../tools/pit/make_pit.ts";
import { leaseLine } from "../tools/pit/system.ts";
import { Ajv2020 } from "./npm/ajv.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./temporary.ts";

const MAIN = new URL("../scripts/pitboot.ts", import.meta.url).pathname;
const CONFIG = new URL("../deno.json", import.meta.url).pathname;
const validate = new Ajv2020({ allowUnionTypes: true }).compile(DOCUMENT_SCHEMA);

/** A PIT that goes away at the end of its block. */
export type TemporaryPit = Pit & TemporaryDirectory;

/** Makes a PIT in a temporary directory. */
export function temporaryPit(options: PitOptions = {}): TemporaryPit {
  const temporary = temporaryDirectory();
  return { ...makePit(temporary.directory, options), ...temporary };
}

/** How to call pitboot. */
export interface CallOptions {
  /** Standard input; nothing is `/dev/null`. */
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  /** Aborted: the process gets SIGINT. */
  readonly interrupt?: AbortSignal;
}

/** What came of a call. */
export interface CallResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The document on standard output, checked against the schema. */
  readonly document: Document;
}

/** What a shell would type for pitboot, as a list. */
export const PITBOOT: readonly string[] = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--no-prompt",
  `--config=${CONFIG}`,
  "--permission-set=pitboot",
  MAIN,
];

/** What Deno itself looks at: where it keeps and takes things, and where it tells what ran. */
const RUNTIME = ["HOME", "DENO_DIR", "JSR_URL", "DENO_COVERAGE_DIR"];

/** The environment that pitboot gets from a PIT's administrator. */
export function environment(pit: Pit, env: Record<string, string> = {}): Record<string, string> {
  const kept = Object.fromEntries(RUNTIME.flatMap((name) => {
    const value = Deno.env.get(name);
    return value ? [[name, value]] : [];
  }));
  return {
    HOME: "/",
    ...kept,
    PATH: `${pit.bin}:/usr/bin:/bin`,
    IPMI_PASSWORD: "initial0",
    ...env,
  };
}

/** Runs `pitboot ARGS --root=…` as a process of its own. */
export async function pitboot(
  pit: Pit,
  args: readonly string[],
  { stdin, env, interrupt }: CallOptions = {},
): Promise<CallResult> {
  const child = startPitboot(pit, args, { stdin: stdin === undefined ? "null" : "piped", env });
  interrupt?.addEventListener("abort", () => child.kill("SIGINT"));
  if (stdin !== undefined) {
    await feed(child, stdin);
  }
  return await resultOf(child);
}

/** Starts `pitboot ARGS --root=…`, for tests that do something to it while it runs. */
export function startPitboot(
  pit: Pit,
  args: readonly string[],
  { stdin, env }: { stdin: "null" | "piped"; env?: Record<string, string> | undefined },
): Deno.ChildProcess {
  const [program = "", ...before] = PITBOOT;
  return new Deno.Command(program, {
    args: [...before, ...args, `--root=${pit.root}`],
    env: environment(pit, env),
    clearEnv: true,
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Gives a process its standard input, and ends that. */
export async function feed({ stdin }: Deno.ChildProcess, text: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

/** Waits for the end of a process. */
export async function resultOf(child: Deno.ChildProcess): Promise<CallResult> {
  const { code, stdout, stderr } = await child.output();
  return new Result(code, decode(stdout), decode(stderr));
}

/** Runs a shell script in which `pitboot ARGS` is {@linkcode pitboot}. */
export async function shell(
  pit: Pit,
  script: string,
  env: Record<string, string> = {},
): Promise<CallResult> {
  const words = [...PITBOOT].map((word) => `'${word}'`).join(" ");
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", `pitboot() { ${words} "$@" --root="$ROOT"; }\n${script}`],
    env: { ...environment(pit, env), ROOT: pit.root },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return await resultOf(child);
}

/** What came of a call; a document is checked as soon as it is seen. */
export class Result implements CallResult {
  constructor(readonly code: number, readonly stdout: string, readonly stderr: string) {
    // Every document that any test sees is held against the schema.
    if (stdout.startsWith("{")) void this.document;
  }

  get document(): Document {
    return checkDocument(this.stdout);
  }
}

/** Reads a document and holds it against the JSON Schema with a real validator. */
export function checkDocument(json: string): Document {
  const document = parseDocument(json);
  assertEquals(validate(document) ? null : validate.errors, null);
  return document;
}

/** The one problem of a document that has this code. */
export function problemOf(document: Document, code: string): Document["problems"][number] {
  const found = document.problems.filter((problem) => problem.code === code);
  const [problem] = found;
  const codes = document.problems.map((problem) => `${problem.code}: ${problem.message}`);
  if (!problem || found.length > 1) throw new Error(`not one ${code} in: ${codes.join("; ")}`);
  return problem;
}

/** A text without the word of its commands that says which PIT this is. */
export function withoutRoot({ root }: Pit, text: string | null | undefined): string {
  return text?.replaceAll(` --root ${root}`, "") ?? "";
}

/** Adds lines to the simulated BMC of a node: assignments, and any other shell. */
export function changeBmc({ directory, nodes }: TemporaryPit, node: string, lines: string): void {
  const ip = nodes.find(({ name }) => name === node)?.bmcIp;
  Deno.writeTextFileSync(`${directory}/bmcs/${ip}`, `${lines}\n`, { append: true, create: false });
}

/** Waits until something is so; not for ever, but for much longer than a busy machine takes. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 30_000; !await isSo(); left--) {
    if (left === 0) throw new Error(`waited in vain until ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Does nothing at all, as on a busy machine, or as a process that somebody stopped. */
export function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Whether a process has begun to watch files: it is past its start. */
export function isWatching(child: { pid: number }): boolean {
  return hasOpen(child, "anon_inode:inotify");
}

/** Whether a process has a file open. */
export function hasOpen({ pid }: { pid: number }, path: string): boolean {
  return filesOf(pid).includes(path);
}

/** What a process has open, as the kernel names it; nothing of one that has ended. */
export function filesOf(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return [...Deno.readDirSync(directory)].flatMap(({ name }) => target(`${directory}/${name}`));
  } catch {
    return []; // gone, or ended and not yet waited for: only root may look then
  }
}

function target(link: string): string[] {
  try {
    return [Deno.readLinkSync(link)];
  } catch {
    return []; // it was closed just now
  }
}

/** Hears what a process says to standard error while it runs. */
export function hear(child: Deno.ChildProcess): { stderr: string; end: Promise<CallResult> } {
  const listen = async (): Promise<CallResult> => {
    const stdout = new Response(child.stdout).text();
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said.stderr += text;
    return new Result((await child.status).code, await stdout, said.stderr);
  };
  const said = { stderr: "", end: Promise.resolve().then(listen) };
  return said;
}

/** Ends a process by ^C while it waits for a document: it is past its start then. */
export async function interruptWaiting(child: Deno.ChildProcess): Promise<ReturnType<typeof hear>> {
  const heard = hear(child);
  await until(() => heard.stderr.includes("waiting for a document"));
  child.kill("SIGINT");
  return heard;
}

/** Where the leases of a PIT really are. */
export function leasesOf(pit: Pit): string {
  return `${pit.root}/var/lib/misc/dnsmasq.leases`;
}

/** An address of a node itself, not of its BMC; for what is no node one of nobody. */
export function addressOf({ root }: Pit, node: string): string {
  const statics = Deno.readTextFileSync(`${root}/etc/dnsmasq.d/statics.conf`);
  const [, ip] = new RegExp(`^dhcp-host=.*,(\\d+[.\\d]+),${node},`, "m").exec(statics) ?? [];
  return ip ?? "10.1.1.250";
}

/** Gives the BMCs of nodes a lease, as dnsmasq does: a line each at the end of its file. */
export function giveLeases(pit: Pit, names: readonly string[]): void {
  const chosen = new Set(names);
  const lines = pit.nodes.filter(({ name }) => chosen.has(name)).map((node) => leaseLine(node));
  Deno.writeTextFileSync(leasesOf(pit), lines.join(""), { append: true });
}

/**
 * The tree below a directory: links with their targets, files with their text. What is
 * neither is only named: a read of it may never end.
 */
export function treeOf(directory: string): Record<string, string> {
  const tree: Record<string, string> = {};
  const visit = (path: string): void => {
    for (
      const { name, isDirectory, isSymlink, isFile } of Deno.readDirSync(`${directory}/${path}`)
    ) {
      const inner = path ? `${path}/${name}` : name;
      if (isSymlink) tree[inner] = `-> ${Deno.readLinkSync(`${directory}/${inner}`)}`;
      else if (isDirectory) {
        tree[`${inner}/`] = "";
        visit(inner);
      } else if (!isFile) tree[inner] = "special";
      else if (Deno.statSync(`${directory}/${inner}`).size > LARGE) tree[inner] = "large";
      // A character for each byte, whatever is in the file.
      else tree[inner] = Buffer.from(Deno.readFileSync(`${directory}/${inner}`)).toString("latin1");
    }
  };
  visit("");
  return tree;
}

/** To read more than that takes Deno 2.6 a minute. */
const LARGE = 16 * 2 ** 20;

/** Whether there is a file, of whatever kind. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether a program is there and does well. */
export function succeeds(program: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
