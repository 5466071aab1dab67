/**
 * The sources as a build takes them: a copy that knows how it is built, and
 * that has nothing of the place or the hour in it.
 *
 * @module
 */

import type { Build } from "../../lib/cli/build.ts";
import { BuildError } from "./build_error.ts";
import { git } from "./run.ts";
import { stdPackages } from "./std_packages.ts";
import type { Engine } from "./target.ts";

/** All that a program is made of. */
const SOURCES = ["deno.json", "lib", "scripts", "vendor"];

/** Where the program begins, in the sources. */
export const ENTRY = "scripts/pitboot.ts";

/** The Deno that runs this, as what goes into a program. */
const OWN: Engine = { version: Deno.version.deno, v8: Deno.version.v8.replace(/-.*/, "") };

/**
 * Finds out what a build is made of.
 *
 * @param root The sources.
 * @param form What is built.
 * @param engine The Deno in it; that which runs us if not said.
 * @throws {BuildError} If `$SOURCE_DATE_EPOCH` is no time.
 */
export async function describeBuild(
  root: string,
  form: Build["form"],
  engine: Engine = OWN,
): Promise<Build> {
  const { commit, time } = await describeSources(root);
  return {
    form,
    commit,
    time: time === null ? null : new Date(time * 1000).toISOString().replace(".000Z", "Z"),
    deno: engine.version,
    v8: engine.v8,
    std: await stdPackages(root, ENTRY),
  };
}

/**
 * Gets `$SOURCE_DATE_EPOCH`, if it is set.
 *
 * @throws {BuildError} If it is not a time.
 */
export function sourceDate(): string | undefined {
  const epoch = Deno.env.get("SOURCE_DATE_EPOCH");
  if (!epoch || /^\d{1,11}$/.test(epoch)) return epoch;
  throw new BuildError(`SOURCE_DATE_EPOCH is no time in seconds: ${epoch}`);
}

/**
 * Finds out which sources these are.
 *
 * @param root The sources.
 * @returns `commit`: as in {@linkcode Build}; `time`: `$SOURCE_DATE_EPOCH` or
 * that of the commit, in seconds since the epoch, `null` without both.
 * @throws {BuildError} If `$SOURCE_DATE_EPOCH` is no time.
 */
export async function describeSources(
  root: string,
): Promise<{ commit: string | null; time: number | null }> {
  // Not the commit of a repository that happens to be around us.
  const isOurs = await git(["rev-parse", "--show-prefix"], root) === "\n";
  const log = isOurs ? await git(["log", "-1", "--format=%H %ct"], root) : null;
  const [commit = null, committed = ""] = log?.trim().split(" ") ?? [];
  const changes = commit && await git(["status", "--porcelain", "--", ...SOURCES], root);
  const epoch = sourceDate() || committed;
  return {
    commit: commit && commit + (changes ? "+changes" : ""),
    time: epoch ? Number(epoch) : null,
  };
}

/**
 * Copies the sources.
 *
 * @param root Where they are.
 * @param directory Where to; it must exist.
 * @param build How they are built.
 */
export function stage(root: string, directory: string, build: Build): void {
  for (const name of SOURCES) copy(`${root}/${name}`, `${directory}/${name}`);
  Deno.writeTextFileSync(`${directory}/lib/cli/build.json`, JSON.stringify(build));
  setTimes(directory, build);
}

/**
 * Sets the time of all files to that of the sources: deno compile keeps it.
 *
 * @param directory Where they are.
 * @param build How they are built.
 */
export function setTimes(directory: string, build: Build): void {
  const time = new Date(build.time ?? 0);
  visit(directory, (path) => Deno.utimeSync(path, time, time));
}

function copy(from: string, to: string): void {
  if (!Deno.statSync(from).isDirectory) {
    Deno.copyFileSync(from, to);
    return;
  }
  Deno.mkdirSync(to);
  for (const { name } of Deno.readDirSync(from)) copy(`${from}/${name}`, `${to}/${name}`);
}

function visit(directory: string, action: (path: string) => void): void {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) visit(path, action);
    else action(path);
  }
}
