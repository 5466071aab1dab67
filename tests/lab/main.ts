/**
 * The lab by hand.
 *
 * ```
 * tests/lab/lab [test]                          runs its tests, prints a table
 * tests/lab/lab measure                         100 BMCs against plain ipmitool, and
 *                                               how soon a node is served
 * tests/lab/lab measure serving                 only that
 * tests/lab/lab repeat [TIMES]                  the flow with 9 nodes in a row
 * tests/lab/lab night DIRECTORY                 plays a night, keeps its screens
 * tests/lab/lab up [--bmcs N] [NODE=FAULT]...   builds one and leaves it there
 * tests/lab/lab shell [COMMAND...]              a shell in it, as if on the PIT
 * tests/lab/lab down                            ends it
 * ```
 *
 * What `up` builds has images, and in its shell `pitboot` and its scripts are
 * commands, and IPMI_PASSWORD is set. A COMMAND that is one word with blanks is
 * a line for sh. fault.ts says what each FAULT is.
 *
 * Exit status: 0 done, 1 failed, 2 usage; of `shell`, that of the command.
 *
 * @module
 */

import { foldHosts } from "../../lib/text/host_range.ts";
import { LAB, whyNot } from "../needs.ts";
import { type Fault, parseFault } from "./fault.ts";
import { startFlow } from "./flow.ts";
import type { Lab, LabOptions } from "./lab.ts";
import { REPORT } from "./lab_case.ts";
import { measure, repeat } from "./measure.ts";
import { measureServing } from "./measure_serving.ts";
import { playNight } from "./night.ts";
import { BIN, ENV, putCommands } from "./pitboot.ts";
import { readReport, tableOf } from "./report.ts";
import { Sandbox } from "./sandbox.ts";

const USAGE = `usage: lab [test]
       lab measure [serving]
       lab repeat [TIMES]
       lab night DIRECTORY
       lab up [--bmcs N] [NODE=FAULT[,FAULT...]]...
       lab shell [COMMAND...]
       lab down`;

/** Its tests. */
const HERE = new URL(".", import.meta.url).pathname;
const LOCK = new URL("../../vendor/deno.lock", import.meta.url).pathname;

/** Where `up` notes which lab is there. */
const NOTE = Deno.uid() === 0 ? "/run/pitboot-lab.json" : `/tmp/pitboot-lab-${Deno.uid()}.json`;

async function main([verb = "test", ...args]: string[]): Promise<number> {
  if (verb === "test" && args.length === 0) return await test();
  if (verb === "measure" && args.length === 0) {
    const isSoon = await measureServing(console.log);
    return toStatus(await measure(console.log) && isSoon);
  }
  if (verb === "measure" && args.join() === "serving") {
    return toStatus(await measureServing(console.log));
  }
  if (verb === "repeat" && args.length < 2 && /^\d+$/.test(args[0] ?? "30")) {
    return toStatus(await repeat(Number(args[0] ?? 30), console.log));
  }
  if (verb === "night" && args.length === 1) return await night(args[0] ?? "");
  if (verb === "up") return await up(args);
  if (verb === "down" && args.length === 0) return await down();
  if (verb === "shell") return await shell(args);
  console.error(USAGE);
  return 2;
}

/** What the tests say goes to standard error, the table to standard output. */
async function test(): Promise<number> {
  const why = whyNot(LAB);
  if (why !== null) return fail(why);
  const report = await Deno.makeTempFile({ prefix: "pitboot-lab-" });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", "--quiet", "--allow-all", `--lock=${LOCK}`, "--frozen", "--parallel", HERE],
      env: { [REPORT]: report },
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    await child.stdout.pipeTo(Deno.stderr.writable, { preventClose: true });
    const { code } = await child.status;
    console.log(tableOf(readReport(await Deno.readTextFile(report))).join("\n"));
    return code;
  } finally {
    await Deno.remove(report);
  }
}

/** What is wrong with its screens goes to standard error. */
async function night(directory: string): Promise<number> {
  const why = whyNot([...LAB, "tmux"]);
  if (why !== null) return fail(why);
  const { screens, commands, faults } = await playNight(directory);
  console.log(`${screens} screens in ${directory}; ${commands.length} commands of theirs typed`);
  for (const fault of faults) console.error(fault);
  return toStatus(faults.length === 0);
}

function toStatus(isGood: boolean): number {
  return isGood ? 0 : 1;
}

async function up(args: string[]): Promise<number> {
  let lab: Lab;
  try {
    const options = parseUp(args);
    if (running()) return fail("there is one already; end it with: lab down");
    lab = await startFlow({ ...options, stay: true });
  } catch (error) {
    if (error instanceof RangeError) return refuse(error.message);
    throw error;
  }
  await putCommands(lab);
  const { pid } = lab.sandbox;
  await Deno.writeTextFile(NOTE, JSON.stringify({ pid, begun: begun(pid) }));
  console.log(`${lab.bmcs.length} BMCs: ${foldHosts(lab.bmcs.map(({ name }) => name))}
lab shell                 a shell on the PIT, with pitboot and IPMI_PASSWORD=${ENV.IPMI_PASSWORD}
lab shell pitboot run     one command in it
lab shell 'ls /var/www'   one line in it
lab down                  ends it`);
  return 0;
}

/** What `up` is told; a RangeError if that makes no sense. */
function parseUp(args: string[]): LabOptions & { faults: Record<string, Fault[]> } {
  const words = [...args];
  const faults: Record<string, Fault[]> = {};
  let bmcs = 9;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, node, list] = /^([\w-]+)=(.+)$/.exec(word) ?? [];
    if (word === "--bmcs") bmcs = toCount(words.shift());
    else if (node === undefined || list === undefined) {
      throw new RangeError(`"${word}" is not NODE=FAULT`);
    } else faults[node] = [...faults[node] ?? [], ...list.split(",").map(parseFault)];
  }
  return { bmcs, faults };
}

function toCount(word: string | undefined): number {
  if (/^[1-9]\d{0,2}$/.test(word ?? "")) return Number(word);
  throw new RangeError(`--bmcs takes a number from 1 to 999, not ${word ?? "nothing"}`);
}

async function shell(args: string[]): Promise<number> {
  const lab = running();
  if (!lab) return fail("there is none; make one with: lab up");
  const [program = "", ...rest] = lab.entering(commandOf(args));
  const { code } = await new Deno.Command(program, {
    args: rest,
    env: {
      IPMI_PASSWORD: ENV.IPMI_PASSWORD ?? "",
      PATH: `${BIN}:${Deno.env.get("PATH") ?? ""}`,
    },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return code;
}

function commandOf(args: readonly string[]): readonly string[] {
  const [first = Deno.env.get("SHELL") ?? "sh"] = args;
  if (args.length > 1) return args;
  return /\s/.test(first) ? ["sh", "-c", first] : [first];
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

function refuse(message: string): number {
  console.error(`lab: ${message}`);
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
