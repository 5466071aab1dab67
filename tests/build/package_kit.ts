/**
 * What tests of tools/package.ts share: programs to package that are quick to pack.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import type { Build } from "../../lib/cli/build.ts";
import { execute, type Printed, printedBy } from "../installation.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../temporary.ts";

const PACKAGE = new URL("../../tools/package.ts", import.meta.url).pathname;
const { version } = config;

/** The machines that there are packages for. */
export const ARCHES: readonly string[] = ["x86_64", "aarch64"];
/** 2022-08-01T00:00:00Z. */
export const TIME = 1659312000;
/** How the programs say that they were built. */
export const BUILD: Build = {
  form: "compiled",
  commit: "f".repeat(40),
  time: "2022-08-01T00:00:00Z",
  deno: "2.6.8",
  v8: "14.5.201.2",
  std: { "@std/cli": "1.0.32", "@std/internal": "1.0.14", "@std/path": "1.1.6" },
};
/** One of them. */
export const BINARY = `pitboot-${version}-x86_64`;
/** What follows the version of a package, as theirs has no tag. */
export const RELEASE = "0.202208010000gitfffffff";
/** A record of an installation, as far as a package looks at it. */
export const RECORD =
  '{"items":{"/root/bin/pitboot":["-> /usr/bin/pitboot"]},"folders":[],"originals":{}}\n';

/** A directory with stand-ins for the programs: they write down how they are called. */
export function dist(): TemporaryDirectory {
  const temporary = temporaryDirectory();
  for (const arch of ARCHES) {
    write(`${temporary.directory}/pitboot-${version}-${arch}`, program(BUILD), 0o755);
  }
  return temporary;
}

/** A stand-in for a program of a build. */
export function program(build: Build): string {
  const payload = "\0payload\xff".repeat(999);
  return `#!/bin/sh\n# ${JSON.stringify(build)}\necho "$*" >>/called\nexit\n${payload}`;
}

/** Runs tools/package.ts. */
export async function runPackage(directory: string, ...args: readonly string[]): Promise<Printed> {
  const env = { SOURCE_DATE_EPOCH: String(TIME), DENO_NO_UPDATE_CHECK: "1" };
  const command = [Deno.execPath(), "run", "-q", "-A", PACKAGE, `--dist=${directory}`];
  return await execute([...command, ...args], { env });
}

/**
 * Packages what is in a directory.
 *
 * @returns What it prints.
 */
export async function packageIn(directory: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runPackage(directory, ...args);
  const sizes = ARCHES.map((arch) => `package: 0 MB for ${arch}\n`).join("");
  // Which licenses are at hand depends on where Deno is from.
  assertEquals([code, stderr.replace(/^.* not at hand: .*\n/gm, "")], [0, sizes]);
  return stdout;
}

/** Lays out a shell, for the scripts of packages. */
export function layOutShell(system: string): void {
  Deno.mkdirSync(`${system}/bin`, { recursive: true });
  Deno.copyFileSync("/bin/busybox", `${system}/bin/busybox`);
  Deno.symlinkSync("busybox", `${system}/bin/sh`);
}

/**
 * Lists all that is on a system: what it is, whose, and what is in it.
 *
 * @param system Its root.
 * @param records The directory in which a package manager keeps its own.
 */
export async function filesOf(system: string, records: string): Promise<Record<string, string>> {
  const script = `cd '${system}'
    find . -path ./${records} -prune -o -printf '%p\\t%M %u:%g %l\\n'
    find . -path ./${records} -prune -o -type f -printf '%p\\0' | xargs -0 cksum | sed 's/ \\./\\t./;s/\\(.*\\)\\t\\(.*\\)/\\2 sum\\t\\1/'`;
  const lines = (await printedBy(["sh", "-c", script])).trimEnd().split("\n");
  return Object.fromEntries(lines.sort().map((line) => line.split("\t")));
}

/** Writes a file, and makes its directory. */
export function write(path: string, text: string, mode = 0o644): void {
  Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
  Deno.writeTextFileSync(path, text);
  Deno.chmodSync(path, mode);
}
