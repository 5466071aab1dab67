/**
 * Artifacts of `tools/compile.ts`, and machines that have nothing else.
 *
 * @module
 */

import { assert } from "@std/assert";
import { denoOf, runtimeVersion } from "../../tools/build/compiler.ts";
import { isHost, type Target, TARGETS } from "../../tools/build/target.ts";
import { execute, type Printed } from "../installation.ts";
import {
  type CallResult,
  isThere,
  resultOf,
  succeeds,
  type TemporaryPit,
  temporaryPit,
} from "../kit.ts";
import { type Need, PACKAGES, testWith } from "../needs.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../temporary.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const COMPILE = "tools/compile.ts";
/** Where the programs lie that only root needs. */
const PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/** What is built. */
export type Form = "compiled" | "self-extracting";

/** Both of them. */
export const FORMS: readonly Form[] = ["compiled", "self-extracting"];

/** What this machine is. */
export const HOST: Target | undefined = TARGETS.find(isHost);
/** What it can only simulate. */
export const FOREIGN: Target | undefined = TARGETS.find(({ arch }) => arch === "aarch64");

const QEMU = PACKAGES["qemu-user-static"][0];
const EMULATION = ["qemu-user-static", "libc6-arm64-cross", "libgcc-s1-arm64-cross"] as const;
const FOREIGN_ARGS = ["--user", "--map-root-user", "--mount", "--net"];
/** Lets the kernel start programs for aarch64, in namespaces of our own only. */
const REGISTER = String.raw`set -e
mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
printf '%s' ":aarch64:M::$magic:$mask:${QEMU}:F" >/proc/sys/fs/binfmt_misc/register
`;

let work: string | null = null;
const made = new Map<string, Promise<string>>();
addEventListener("unload", () => {
  if (work !== null) Deno.removeSync(work, { recursive: true });
});

/** A directory for all that is built here, away at the end of the process. */
function workDirectory(): string {
  work ??= Deno.makeTempDirSync({ prefix: "pitboot-binary-" });
  return work;
}

/**
 * Adds a test of what was built.
 *
 * @param name What it shows.
 * @param made `form`: what is to be built; `target`: for what; `needs`: what else is needed.
 * @param fn Looks.
 */
export function buildTest(
  name: string,
  { form, target = HOST, needs = [] }: {
    readonly form: Form;
    readonly target?: Target | undefined;
    readonly needs?: readonly Need[];
  },
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  const foreign = target === HOST ? [] : EMULATION;
  testWith(name, ["Linux", "mounts", ...needs, ...foreign], fn, whyNoTarget(form, target));
}

/** Says why nothing can be built or tried for a target, in other words than packages. */
function whyNoTarget(form: Form, target: Target | undefined): string | null {
  if (!target || !HOST) return "needs x86_64 or aarch64";
  if (form === "compiled" && !runtimeVersion(target)) {
    return "needs a runtime of deno compile in PITBOOT_DENORT_DIR";
  }
  if (target === HOST || succeeds("unshare", ...FOREIGN_ARGS, "sh", "-c", REGISTER)) return null;
  return "needs a kernel that gives namespaces a binfmt_misc";
}

/**
 * Builds once and keeps it.
 *
 * @param form What.
 * @param target For what.
 * @param options `root`: other sources than ours.
 * @returns The path of the file.
 */
export function artifact(
  form: Form,
  target: Target,
  { root = ROOT }: { root?: string } = {},
): Promise<string> {
  const key = `${form}-${target.arch}${root.replaceAll("/", "-")}`;
  const path = made.get(key) ?? build(form, target, { root, out: `${workDirectory()}/${key}` });
  made.set(key, path);
  return path;
}

/** Copies the checkout, as far as a build wants it. */
export function copySources(): TemporaryDirectory {
  const temporary = temporaryDirectory();
  const names = [".git", ".gitignore", "deno.json", "mod.ts", "lib", "scripts", "tools", "vendor"];
  const present = names.map((name) => ROOT + name).filter(isThere);
  assert(succeeds("cp", "-a", ...present, temporary.directory));
  return temporary;
}

async function build(
  form: Form,
  target: Target,
  { root, out }: { root: string; out: string },
): Promise<string> {
  const deno = await builderOf(form, target);
  const args = ["run", "-q", "-A", COMPILE, `--target=${target.arch}`, `--out=${out}`];
  if (form === "self-extracting") args.push("--self-extracting");
  return (await output(deno, args, root)).trim();
}

/** Deno says that nobody answers, at once. */
export const NO_NETWORK = { HTTPS_PROXY: "http://127.0.0.1:1" };

/**
 * Runs tools/compile.ts, with no other runtime than the environment names.
 *
 * @param deno The Deno that runs it.
 * @param args Its arguments.
 * @param options `env`: what else is in the environment; `root`: other sources
 * than ours.
 */
export async function compile(
  deno: string,
  args: readonly string[],
  { env, root = ROOT }: { env: Record<string, string>; root?: string },
): Promise<Printed> {
  return await execute([deno, "run", "-q", "-A", `${root}/tools/compile.ts`, ...args], {
    env: { DENORT_BIN: "", PITBOOT_DENORT_DIR: "", NO_COLOR: "1", ...env },
  });
}

/**
 * Makes a directory for Deno that holds nothing but what a build needs: its bundler,
 * and what an earlier build has taken from npm.
 */
export async function bundlerOnly(directory: string): Promise<Record<string, string>> {
  const { stdout } = await execute([Deno.execPath(), "info", "--json"], { env: { NO_COLOR: "1" } });
  const from = `${JSON.parse(stdout).denoDir}/dl`;
  Deno.mkdirSync(`${directory}/dl`, { recursive: true });
  for (const { name } of Deno.readDirSync(from)) {
    if (name.startsWith("esbuild-")) Deno.symlinkSync(`${from}/${name}`, `${directory}/dl/${name}`);
  }
  Deno.symlinkSync(from.replace(/dl$/, "npm"), `${directory}/npm`);
  return { ...NO_NETWORK, DENO_DIR: directory };
}

/**
 * Finds the Deno that builds something.
 *
 * @param form What.
 * @param target For what.
 * @returns Its path; for the compiled form that which the runtime belongs to.
 */
export async function builderOf(form: Form, target: Target): Promise<string> {
  const version = form === "compiled" ? runtimeVersion(target) : null;
  return version ? await denoOf(version) : Deno.execPath();
}

async function output(program: string, args: readonly string[], cwd = ROOT): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
  }).output();
  assert(success, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Programs of a PIT that the self-extracting form needs. */
const TOOLS = [
  "chmod",
  "gzip",
  "head",
  "id",
  "mkdir",
  "mktemp",
  "mv",
  "rm",
  "rmdir",
  "sleep",
  "sync",
  "tail",
  "wc",
];

/** A PIT that is all of a machine: no Deno, no Node, glibc and pitboot. */
export interface Machine extends TemporaryPit {
  /**
   * Runs a script of the machine around it, alone in its network. There
   * `in_pit COMMAND` is a command of the PIT without any environment, and
   * `in_pit_with "NAME=VALUE..." COMMAND` one with some.
   */
  run(script: string): Promise<CallResult>;
}

/** The names that pitboot is called by. */
export const LINKS = [
  "resolve-images",
  "bmc-dhcp",
  "wait-leases",
  "set-links",
  "set-sqfs-links.sh",
];

/**
 * Makes a machine. `/root/bin` has a link for `pitboot` and for each name that
 * it is called by; they point to the file through another link.
 *
 * @param path The artifact.
 * @param options `shell`: the shell of a machine that has one.
 */
export function machine(
  path: string,
  { shell }: { shell?: string } = {},
): Machine {
  const pit = temporaryPit({ leased: true });
  const { root } = pit;
  const name = path.replace(/^.*\//, "");
  for (
    const directory of ["dev", "proc", "root/bin", "usr/local/bin", "usr/bin", "opt/pitboot", "srv"]
  ) {
    Deno.mkdirSync(`${root}/${directory}`, { recursive: true });
  }
  Deno.symlinkSync("usr/bin", `${root}/bin`);
  Deno.writeTextFileSync(`${root}/dev/null`, "");
  Deno.linkSync(path, `${root}/opt/pitboot/${name}`);
  Deno.symlinkSync(`../../../opt/pitboot/${name}`, `${root}/usr/local/bin/pitboot`);
  for (const link of ["pitboot", ...LINKS]) {
    Deno.symlinkSync("/usr/local/bin/pitboot", `${root}/root/bin/${link}`);
  }
  // What glibc is to Deno, and to the tools.
  copyLibraries(Deno.execPath(), root);
  if (shell) {
    Deno.mkdirSync(`${root}/var/tmp`);
    install(shell, "sh", root);
    for (const tool of TOOLS) install(tool, tool, root);
  }
  return { ...pit, run: (script) => resultOf(start(root, script)) };
}

/**
 * Runs a script where programs for aarch64 can be started.
 *
 * @param directory Where the self-extracting form may unpack.
 * @param script For a shell.
 */
export async function onForeignMachine(directory: string, script: string): Promise<CallResult> {
  const child = new Deno.Command("unshare", {
    args: [...FOREIGN_ARGS, "/bin/sh", "-c", REGISTER + script],
    env: { PATH, PITBOOT_CACHE: directory, QEMU_LD_PREFIX: "/usr/aarch64-linux-gnu" },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return await resultOf(child);
}

function start(root: string, script: string): Deno.ChildProcess {
  const setUp = `set -u
mount -t proc proc $ROOT/proc
mount --bind /dev/null $ROOT/dev/null
in_pit_with() { with=$1; shift; env -i $with ${where("chroot")} $ROOT "$@"; }
in_pit() { in_pit_with "" "$@"; }
`;
  return new Deno.Command("unshare", {
    args: ["--mount", "--net", "/bin/sh", "-c", setUp + script],
    env: { ROOT: root, PATH },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function install(program: string, as: string, root: string): void {
  const path = Deno.realPathSync(where(program));
  Deno.copyFileSync(path, `${root}/usr/bin/${as}`);
  copyLibraries(path, root);
}

function copyLibraries(program: string, root: string): void {
  const { stdout } = new Deno.Command("ldd", { args: [program], stderr: "null" }).outputSync();
  for (const [library] of new TextDecoder().decode(stdout).matchAll(/\/\S+/g)) {
    Deno.mkdirSync(`${root}${library}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.copyFileSync(library, `${root}${library}`);
  }
}

/** Where a program lies. */
export function where(program: string): string {
  const found = PATH.split(":").map((directory) => `${directory}/${program}`).find(canExecute);
  assert(found, `${program} is missing`);
  return found;
}

/** Whether a program is at hand. */
export function has(program: string): boolean {
  return PATH.split(":").some((directory) => canExecute(`${directory}/${program}`));
}

function canExecute(path: string): boolean {
  try {
    return ((Deno.statSync(path).mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}
