/**
 * The part of the bench about what a command takes above an empty program, and how much
 * the number of nodes adds: the binary, beside another one if there is one.
 *
 * @module
 */

import { type Bench, chainScript, type Row } from "./bench_binary.ts";
import type { Pit } from "./pit/make_pit.ts";

/** What is measured. */
export interface Binaries {
  /** The compiled binary. */
  readonly own: string;
  /** An empty program, compiled likewise. */
  readonly nothing: string;
  /** Another binary of pitboot, for instance an older one; `null` if there is none. */
  readonly other: string | null;
}

/** Commands that have nothing to do with nine nodes that are set up. */
const COMMANDS = ["resolve-images", "status", "run"];

/**
 * Measures what commands take above an empty program.
 *
 * @param bench With a PIT of nine nodes.
 * @param binaries What to measure, side by side.
 */
export async function startRows(bench: Bench, binaries: Binaries): Promise<Row[]> {
  const { nothing } = binaries;
  const { pit, directory } = bench;
  await bench.medians([`${binaries.own} run -q --root=${pit.root}`], { runs: 1 });
  const rows: Row[] = [];
  for (const name of COMMANDS) {
    const call = (binary: string): string => `${binary} ${name} -q --root=${pit.root}`;
    rows.push(...await above(name, call, nothing, { bench, binaries }));
  }
  const four = `${directory}/four.sh`;
  Deno.writeTextFileSync(four, `${Array(4).fill(nothing).join(" | ")}\n`);
  const chain = (binary: string): string => {
    const links = Deno.makeTempDirSync({ dir: directory });
    return `sh ${chainScript(links, binary, pit)}`;
  };
  return [...rows, ...await above("chain of four", chain, `sh ${four}`, { bench, binaries })];
}

async function above(
  name: string,
  call: (binary: string) => string,
  empty: string,
  { bench, binaries: { own, other } }: { bench: Bench; binaries: Binaries },
): Promise<Row[]> {
  const calls = [own, ...other ? [other] : []].map(call);
  const [nothing = 0, ours = 0, theirs] = await bench.medians([empty, ...calls], { runs: 30 });
  return [
    { what: `${name}: above an empty program`, seconds: ours - nothing, target: "" },
    ...theirs === undefined ? [] : [{
      what: `${name}: above an empty program, this : other`,
      seconds: (ours - nothing) / (theirs - nothing),
      target: "ratio, at most 0.5",
    }],
  ];
}

/**
 * Measures a run that sets up many nodes: its time and its memory.
 *
 * @param bench What it lends us.
 * @param binaries What to measure, side by side.
 * @param pit The nodes; none of them is set up.
 */
export async function manyRows(bench: Bench, binaries: Binaries, pit: Pit): Promise<Row[]> {
  const { own, other } = binaries;
  const nodes = pit.nodes.length - 1;
  const prepare = `sh -c 'rm -rf ${pit.root}/var/www/ncn-* ${pit.root}/var/lib/pitboot'`;
  const call = (binary: string): string => `${binary} run -q --root=${pit.root}`;
  const calls = [own, ...other ? [other] : []].map(call);
  const [ours = 0, theirs] = await bench.medians(calls, { prepare, runs: 3 });
  await bench.medians(["true"], { prepare, runs: 1 });
  return [
    { what: `binary: run, ${nodes} nodes, all to do`, seconds: ours, target: "" },
    ...theirs === undefined ? [] : [{
      what: `binary: run, ${nodes} nodes, this : other`,
      seconds: ours / theirs,
      target: "ratio, at most 0.72",
    }],
    {
      what: `binary: run, ${nodes} nodes, peak memory in MB`,
      seconds: await peakMegabytes(call(own)),
      target: "at most 150 MB",
    },
  ];
}

/** Runs a command, and tells how much memory it had at most; without its children's. */
export async function peakMegabytes(command: string): Promise<number> {
  const child = new Deno.Command("sh", {
    args: ["-c", `${command} & pid=$!; while grep VmHWM /proc/$pid/status; do sleep 0.02; done`],
    env: { IPMI_PASSWORD: "" },
    stderr: "null",
  });
  const lines = new TextDecoder().decode((await child.output()).stdout);
  return Math.max(...[...lines.matchAll(/VmHWM:\s+(\d+) kB/g)].map(([, kb]) => Number(kb) / 1024));
}
