/**
 * The part of the bench about the files that are carried onto a PIT.
 *
 * @module
 */

import { denoOf, runtimeVersion } from "./build/compiler.ts";
import { runtimeFile, unpack } from "./build/runtime.ts";
import { isHost, TARGETS } from "./build/target.ts";
import type { Pit } from "./pit/make_pit.ts";

const COMPILE = new URL("compile.ts", import.meta.url).pathname;

/** A line of the result. */
export interface Row {
  readonly what: string;
  readonly seconds: number;
  readonly target: string;
}

/** What the bench lends us. */
export interface Bench {
  /** A directory for whatever is made. */
  readonly directory: string;
  /** A PIT with nine nodes. */
  readonly pit: Pit;
  /** How to call pitboot from its sources. */
  readonly sources: string;
  /** Medians of whole commands in seconds. */
  medians(
    commands: readonly string[],
    options?: { prepare?: string; runs?: number },
  ): Promise<number[]>;
}

/** Measures the compiled binary, if there is one, and the self-extracting file. */
export async function binaryRows(bench: Bench, compiled: Compiled | null): Promise<Row[]> {
  return [
    ...compiled ? await compiledRows(bench, compiled) : [],
    ...await selfExtractingRows(bench),
  ];
}

/** The compiled binary, and an empty program compiled likewise. */
export interface Compiled {
  readonly own: string;
  readonly nothing: string;
}

/** Compiles both, where there is a runtime; else says what is missing. */
export async function compilePrograms({ directory }: Bench): Promise<Compiled | null> {
  const target = TARGETS.find(isHost);
  const version = target && runtimeVersion(target);
  if (!version) {
    console.error("bench: no runtime of deno compile: set DENORT_BIN or PITBOOT_DENORT_DIR");
    return null;
  }
  const deno = await denoOf(version);
  const own = await build(deno, `${directory}/compiled`);
  const packed = runtimeFile(target, version);
  if (packed) await unpack(packed, `${directory}/denort`);
  Deno.writeTextFileSync(`${directory}/nothing.ts`, "");
  await run(
    deno,
    [
      "compile",
      "-q",
      "--no-code-cache",
      `--output=${directory}/nothing`,
      `${directory}/nothing.ts`,
    ],
    packed ? { DENORT_BIN: `${directory}/denort` } : {},
  );
  return { own, nothing: `${directory}/nothing` };
}

async function compiledRows(
  { directory, pit, medians }: Bench,
  { own: binary, nothing: empty }: Compiled,
): Promise<Row[]> {
  const [start = 0, nothing = 1] = await medians([`${binary} --version`, empty], {
    runs: 40,
  });
  const [chain = 0] = await medians([`sh ${chainScript(directory, binary, pit)}`], {
    prepare: `sh -c 'rm -rf ${pit.root}/var/www/ncn-* ${pit.root}/var/lib/pitboot'`,
  });
  return [
    { what: "compiled: --version", seconds: start, target: "at most 0.060 s" },
    { what: "compiled: --version : nothing", seconds: start / nothing, target: "at most 1.5" },
    { what: "compiled: chain of four, 9 nodes", seconds: chain, target: "at most 0.300 s" },
    { what: "compiled: size in MB", seconds: megabytes(binary), target: "at most 100 MB" },
  ];
}

async function selfExtractingRows({ directory, sources, medians }: Bench): Promise<Row[]> {
  const file = await build(Deno.execPath(), `${directory}/packed`, "--self-extracting");
  const cache = `${directory}/cache`;
  const call = `env PITBOOT_CACHE=${cache} HOME= XDG_CACHE_HOME= ${file} --version`;
  const [first = 0] = await medians([call], { prepare: `rm -rf ${cache}`, runs: 5 });
  const [start = 0, plain = 0] = await medians([call, `env A= ${sources} --version`], { runs: 40 });
  return [
    { what: "self-extracting: first start", seconds: first, target: "at most 2 s" },
    { what: "self-extracting: --version", seconds: start, target: "" },
    {
      what: "self-extracting: --version - deno run",
      seconds: start - plain,
      target: "at most 0.010 s",
    },
    { what: "self-extracting: size in MB", seconds: megabytes(file), target: "at most 45 MB" },
  ];
}

/**
 * Writes the chain by links as a shell script.
 *
 * @param directory Where to.
 * @param binary Where the links point to.
 * @returns The path of the script.
 */
export function chainScript(directory: string, binary: string, { root }: Pit): string {
  const links = ["resolve-images", "bmc-dhcp", "wait-leases", "set-links"].map((name) => {
    Deno.symlinkSync(binary, `${directory}/${name}`);
    return `${directory}/${name} -q --root=${root}`;
  });
  const path = `${directory}/chain.sh`;
  Deno.writeTextFileSync(path, `exec 2>&1; ${links.join(" | ")}\n`);
  return path;
}

async function build(deno: string, out: string, ...options: string[]): Promise<string> {
  return (await run(deno, ["run", "-q", "-A", COMPILE, `--out=${out}`, ...options])).trim();
}

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env,
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

function megabytes(path: string): number {
  return Deno.statSync(path).size / 1e6;
}
