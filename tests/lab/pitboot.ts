/**
 * Calls pitboot in the lab, as an administrator of the PIT does.
 *
 * @module
 */

import type { Document } from "../../mod.ts";
import { checkDocument, PITBOOT } from "../kit.ts";
import type { Lab } from "./lab.ts";
import type { Result, RunOptions } from "./sandbox.ts";
import { until } from "./wait.ts";

/** What an administrator has in the environment. */
export const ENV: Readonly<Record<string, string>> = {
  IPMI_PASSWORD: "initial0",
  CSM_RELEASE: "",
  TERM: "dumb",
};

/** Whoever answers at all does so within this time, on however busy a machine. */
export const PATIENT: readonly string[] = ["--bmc-timeout", "10m"];
/** The patience that users have if they say nothing: what is measured has it. */
export const USUAL: readonly string[] = ["--bmc-timeout", "30s"];
/** Those that ask BMCs. */
const ASKING: readonly string[] = ["run", "bmc-dhcp", "power"];

/** The directory of the lab that its commands are in. */
export const BIN = "/run/lab/bin";
const SCRIPTS = ["resolve-images", "bmc-dhcp", "wait-leases", "set-links"];

/** What came of a call. */
export class Call {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it took. */
  readonly seconds: number;

  /**
   * @param result How it ended.
   * @param seconds How long it took.
   */
  constructor({ code, stdout, stderr }: Result, seconds: number) {
    this.code = code;
    this.stdout = stdout;
    this.stderr = stderr;
    this.seconds = seconds;
  }

  /** What it wrote to standard output, held against the schema. */
  get document(): Document {
    if (!this.stdout.startsWith("{")) {
      throw new Error(`exit ${this.code}, no document:\n${this.stderr}${this.stdout}`);
    }
    return checkDocument(this.stdout);
  }

  /** The document's part about a node's BMC. */
  bmc(node: string): NonNullable<Document["bmcs"]>[number] {
    const found = this.document.bmcs?.find((bmc) => bmc.node === node);
    if (!found) throw new Error(`the document has no BMC of ${node}:\n${this.stdout}`);
    return found;
  }

  /** The problems of one kind that concern a node, or nobody in particular. */
  problems(code: string, node?: string): Document["problems"] {
    return this.document.problems.filter((problem) =>
      problem.code === code && (node === undefined || problem.nodes.includes(node))
    );
  }
}

/** The nodes that boot what they should, as the document of a call says. */
export function servedBy({ document: { nodes = [] } }: Call): string[] {
  return nodes.filter(({ cause }) => !cause).map(({ name }) => name);
}

/**
 * Runs `pitboot ARGS` on the PIT.
 *
 * @param lab The lab.
 * @param args Command and options; BMCs are given ten minutes unless it is said how long.
 * @param options Added to the usual environment; input, and end.
 * @returns What came of it.
 */
export function pitboot(
  lab: Lab,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Call> {
  return call(lab, [...PITBOOT, ...patient(args)], options);
}

/**
 * Runs a line of shell on the PIT, in which `pitboot` and its four scripts are
 * commands.
 *
 * @param lab The lab.
 * @param line What an administrator types.
 * @param options Added to the usual environment; input, and end.
 * @returns What came of it.
 */
export async function shell(lab: Lab, line: string, options: RunOptions = {}): Promise<Call> {
  await putCommands(lab);
  return await call(lab, ["sh", "-c", `PATH=${BIN}:$PATH\n${line}`], options);
}

/**
 * Puts `pitboot` and its four scripts into {@linkcode BIN}.
 *
 * @param lab The lab.
 */
export async function putCommands(lab: Lab): Promise<void> {
  await Deno.mkdir(`${lab.sandbox.root}${BIN}`, { recursive: true });
  const main = PITBOOT.at(-1) ?? "";
  await program(lab, `${BIN}/pitboot`, main);
  for (const name of SCRIPTS) {
    await program(lab, `${BIN}/${name}`, main.replace(/pitboot\.ts$/, `${name}.ts`));
  }
}

/** A call that goes on while the test does something to it. */
export interface Running {
  /** What it wrote to standard error so far. */
  said(): string;
  /** Waits until it has written something to standard error. */
  says(words: string): Promise<void>;
  /** What came of it, but for its standard error, which is in {@linkcode said}. */
  readonly end: Promise<Call>;
}

/**
 * Starts `pitboot ARGS` on the PIT.
 *
 * @param lab The lab.
 * @param args As with {@linkcode pitboot}.
 * @param options Added to the usual environment; input, and end.
 * @returns A view of the call.
 */
export function start(lab: Lab, args: readonly string[], options: RunOptions = {}): Running {
  const file = `/run/lab/said-${crypto.randomUUID()}`;
  Deno.writeTextFileSync(`${lab.sandbox.root}${file}`, "");
  const cmd = ["sh", "-c", `exec "$@" 2>${file}`, "sh", ...PITBOOT, ...patient(args)];
  const said = (): string => Deno.readTextFileSync(`${lab.sandbox.root}${file}`);
  let hasEnded = false;
  const end = call(lab, cmd, options).finally(() => hasEnded = true);
  const says = async (words: string): Promise<void> => {
    await until(() => hasEnded || said().includes(words));
    if (!said().includes(words)) throw new Error(`ended without "${words}":\n${said()}`);
  };
  return { said, says, end };
}

function patient(args: readonly string[]): readonly string[] {
  const isSaid = args.some((arg) => arg.startsWith("--bmc-timeout"));
  return ASKING.includes(args[0] ?? "") && !isSaid ? [...args, ...PATIENT] : args;
}

async function call(lab: Lab, cmd: readonly string[], options: RunOptions): Promise<Call> {
  const begin = performance.now();
  const result = await lab.run(cmd, { ...options, env: { ...ENV, ...options.env } });
  return new Call(result, (performance.now() - begin) / 1000);
}

async function program(lab: Lab, path: string, module: string): Promise<void> {
  const words = [...PITBOOT.slice(0, -1), module].map((word) => `'${word}'`).join(" ");
  await Deno.writeTextFile(`${lab.sandbox.root}${path}`, `#!/bin/sh\nexec ${words} "$@"\n`);
  await Deno.chmod(`${lab.sandbox.root}${path}`, 0o755);
}
