/**
 * Makes one file of pitboot, for a machine without Deno and without a network.
 *
 * Synopsis: deno task compile [--target ARCH] [--self-extracting] [--deno FILE] [--out DIR]
 * Output:   dist/pitboot-VERSION-ARCH, and its path on standard output
 * Exit:     0 built, 1 failed, 2 usage
 *
 * It is what `deno compile` makes of the bundled program with the permission set
 * `pitboot`, or, where its runtime cannot be had, a self-extracting file that holds
 * the Deno that runs this, or 2.9.1 if that is newer. The same sources, Deno and time
 * give the same bytes. The bundler comes from npm.
 *
 * - `--target`: x86_64 or aarch64; this machine if not said.
 * - `--self-extracting`: that form even if there is a runtime.
 * - `--deno`: the Deno to put into it, from 2.6.8 to 2.9.1: newer ones open a
 *   debugger at SIGUSR1. If not said: that which runs this, else one from npm.
 * - `DENORT_BIN`: the runtime, of the same version as the Deno that runs this.
 * - `PITBOOT_DENORT_DIR`: a directory with runtimes, `denort-VERSION-TARGET.xz`.
 * - `SOURCE_DATE_EPOCH`: the time to show, in seconds; that of the commit if
 *   not set.
 *
 * @module
 */

import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import type { Build } from "../lib/cli/build.ts";
import { COMMANDS } from "../scripts/commands.ts";
import { BuildError } from "./build/build_error.ts";
import { publish } from "./build/files.ts";
import { findDeno } from "./build/find_deno.ts";
import { minify } from "./build/minify.ts";
import { permissionFlags } from "./build/permission_flags.ts";
import { deno } from "./build/run.ts";
import { findRuntime } from "./build/runtime.ts";
import { describeBuild, ENTRY, setTimes, sourceDate, stage } from "./build/stage.ts";
import { type Executable, isHost, type Target, targetOf } from "./build/target.ts";
import { runTool } from "./build/tool.ts";
import { inWorkDirectory } from "./build/work_directory.ts";
import { singleFile } from "./single_file/build.ts";

/** Where to look for ipmitool if nobody says: without any PATH, Deno does not start. */
const DEFAULT_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
/** The program in parts, where it is bundled. */
const BUNDLED = "bundle/pitboot.js";
const ROOT = new URL("..", import.meta.url).pathname;

/** What is asked for. */
interface Order {
  readonly target: Target;
  readonly isSelfExtracting: boolean;
  /** The Deno to put into a self-extracting file. */
  readonly deno: string | undefined;
  /** Where it goes. */
  readonly directory: string;
}

if (import.meta.main) {
  Deno.exit(await runTool("compile", () => orderOf(Deno.args), build));
}

async function build(order: Order): Promise<void> {
  const path = await inWorkDirectory("pitboot-build-", (work) => make(order, work));
  const megabytes = (Deno.statSync(path).size / 1e6).toFixed(0);
  console.error(`compile: ${megabytes} MB`);
  console.log(path);
}

function orderOf(args: string[]): Order {
  const { values } = parseArgs({
    args,
    options: {
      "target": { type: "string", default: Deno.build.target },
      "self-extracting": { type: "boolean", default: false },
      "deno": { type: "string" },
      "out": { type: "string", default: `${ROOT}dist` },
    },
  });
  return {
    target: targetOf(values.target),
    isSelfExtracting: values["self-extracting"],
    deno: values.deno,
    directory: values.out,
  };
}

async function make(order: Order, work: string): Promise<string> {
  sourceDate(); // before anything is asked for over the network
  const { target, isSelfExtracting, directory } = order;
  const runtime = isSelfExtracting ? null : await findRuntime(target, work);
  if (!runtime && !isSelfExtracting) {
    console.error(
      "compile: no runtime for deno compile: dl.deno.land does not answer and DENORT_BIN is not set; making a self-extracting file",
    );
  }
  const inside = runtime ? null : await findDeno(target, order.deno);
  const build = inside
    ? await describeBuild(ROOT, "self-extracting", inside)
    : await describeBuild(ROOT, "compiled");
  const sources = `${work}/sources`;
  Deno.mkdirSync(sources);
  stage(ROOT, sources, build);
  const made = `${work}/pitboot`;
  if (inside) await pack(target, { sources, made, inside, build });
  else if (runtime) await compile(target, { sources, made, runtime, build });
  if (isHost(target)) await check(made);
  return publish(made, `${directory}/pitboot-${config.version}-${target.arch}`, 0o755);
}

async function compile(
  { triple }: Target,
  { sources, made, runtime, build }: {
    sources: string;
    made: string;
    runtime: Record<string, string>;
    build: Build;
  },
): Promise<void> {
  const environment = `${made}.env`;
  Deno.writeTextFileSync(environment, `PATH=${DEFAULT_PATH}\n`);
  const options = [
    "--permission-set=pitboot",
    "--no-prompt",
    "--no-code-cache",
    "--no-check",
    // No baseline code for what runs once or twice: that takes a twentieth of a short run. A
    // heap that grows slowly: with 9,999 nodes it is half as large, and takes no longer.
    "--v8-flags=--no-sparkplug,--heap-growing-percent=15,--max-semi-space-size=2",
    `--env-file=${environment}`,
    // As it was written: what is made of it is packaged by what that says.
    "--include=lib/cli/build.json",
  ];
  await bundleParts(sources);
  setTimes(sources, build);
  await deno(
    ["compile", "--quiet", ...options, `--target=${triple}`, `--output=${made}`, BUNDLED],
    sources,
    runtime,
  );
}

async function pack(
  { arch }: Target,
  { sources, made, inside, build }: {
    sources: string;
    made: string;
    inside: Executable;
    build: Build;
  },
): Promise<void> {
  await bundle(sources, ENTRY, ["--output=pitboot.mjs"]);
  const bytes = await singleFile({
    app: Deno.readFileSync(`${sources}/pitboot.mjs`),
    deno: inside.bytes,
    flags: permissionFlags(config.permissions.pitboot),
    labels: {
      VERSION: config.version,
      ARCH: arch,
      DENO: inside.version,
      BUILD: JSON.stringify(build),
      DEFAULT_PATH,
    },
  });
  Deno.writeFileSync(made, bytes, { mode: 0o755 });
}

/**
 * Bundles each command by itself, with a part for what only some of its runs need: of a
 * hundred modules each takes its time to load, and so does each of the parts that all
 * commands at once would be cut into. It starts in half the time of the modules.
 */
async function bundleParts(sources: string): Promise<void> {
  const options = ["--code-splitting"];
  const loaders: string[] = [];
  for (const name of Object.keys(COMMANDS)) {
    const script = `scripts/${name}.ts`;
    // One that speaks of all commands would hold all of them once more.
    if (Deno.readTextFileSync(`${sources}/${script}`).includes("./commands.ts")) continue;
    await bundle(sources, script, [...options, `--outdir=parts/${name}`]);
    loaders.push(`"${name}": () => import("../parts/${name}/${name}.js")`);
  }
  Deno.writeTextFileSync(
    `${sources}/scripts/scripts.ts`,
    `import { COMMANDS } from "./commands.ts";
export const SCRIPTS = { ...COMMANDS, ${loaders.join(", ")} };
`,
  );
  await bundle(sources, ENTRY, [...options, "--outdir=bundle"]);
  await minify(`${sources}/bundle`);
}

async function bundle(sources: string, entry: string, options: readonly string[]): Promise<void> {
  await deno(["bundle", "--quiet", "--platform=deno", ...options, entry], sources);
}

/** Starts what was made, where nothing was unpacked before; its help loads all commands. */
async function check(path: string): Promise<void> {
  const says = { "--version": `pitboot ${config.version}\n`, "--help": "pitboot - " };
  for (const [option, start] of Object.entries(says)) {
    const { success, stdout } = await new Deno.Command(path, {
      args: [option],
      env: { PITBOOT_CACHE: `${path}-cache` },
      clearEnv: true,
      stdin: "null",
      stderr: "inherit",
    }).output();
    if (success && new TextDecoder().decode(stdout).startsWith(start)) continue;
    throw new BuildError("what was made does not start; nothing is kept of it");
  }
}
