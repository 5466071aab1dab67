/**
 * The lab by hand.
 *
 * ```
 * tests/lab/lab up [--bmcs N] [NODE=FAULT]...   builds one and leaves it there
 * tests/lab/lab shell [COMMAND...]              a shell in it, as if on the PIT
 * tests/lab/lab down                            ends it
 * ```
 *
 * Exit status: 0 done, 1 failed, 2 usage; of `shell`, that of the command.
 *
 * @module
 */

import type { Fault } from "./bmc.ts";
import { Lab } from "./lab.ts";
import { Sandbox } from "./sandbox.ts";

const USAGE = `usage: lab up [--bmcs N] [NODE=FAULT[,FAULT...]]...
       lab shell [COMMAND...]
       lab down`;

/** Where `up` notes which lab is there. */
const NOTE = Deno.uid() === 0 ? "/run/pitboot-lab.json" : `/tmp/pitboot-lab-${Deno.uid()}.json`;

async function main([verb, ...args]: string[]): Promise<number> {
  if (verb === "up") return await up(args);
  if (verb === "down" && args.length === 0) return await down();
  if (verb === "shell") return await shell(args);
  console.error(USAGE);
  return 2;
}

async function up(args: string[]): Promise<number> {
  if (running()) return fail("there is one already; end it with: lab down");
  let bmcs = 9;
  const faults: Record<string, Fault[]> = {};
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    const [node, list] = arg.split("=");
    if (arg === "--bmcs") bmcs = Number(args.shift());
    else if (node && list) faults[node] = list.split(",") as Fault[];
    else return usage(arg);
  }
  if (!(bmcs > 0)) return usage("--bmcs");
  const lab = await Lab.start({ bmcs, faults, stay: true });
  const { pid } = lab.sandbox;
  await Deno.writeTextFile(NOTE, JSON.stringify({ pid, begun: begun(pid) }));
  console.log(
    `${bmcs} BMCs, IPMI_PASSWORD=${lab.bmcs[0]?.password}; pid ${pid}`,
  );
  return 0;
}

async function shell(args: string[]): Promise<number> {
  const lab = running();
  if (!lab) return fail("there is none; make one with: lab up");
  const cmd = args.length > 0 ? args : [Deno.env.get("SHELL") ?? "sh"];
  const [program = "", ...rest] = lab.entering(cmd);
  const { code } = await new Deno.Command(program, {
    args: rest,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return code;
}

async function down(): Promise<number> {
  await running()?.close();
  await Deno.remove(NOTE).catch(() => {});
  return 0;
}

/** The lab that was noted, unless its pid has come to mean something else. */
function running(): Sandbox | null {
  try {
    const { pid, begun: when } = JSON.parse(Deno.readTextFileSync(NOTE));
    return begun(pid) === when ? Sandbox.attach(pid) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** When a process began, in clock ticks since the machine did. */
function begun(pid: number): string {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The command's name may hold spaces; after it, fields 3 and on.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function usage(arg: string): number {
  console.error(`lab: ${arg}?\n${USAGE}`);
  return 2;
}

function fail(message: string): number {
  console.error(`lab: ${message}`);
  return 1;
}

if (import.meta.main) {
  Deno.exit(
    await main(Deno.args).catch((error: Error) => fail(error.message)),
  );
}
