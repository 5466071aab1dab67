/**
 * The Deno that goes into a self-extracting file.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";
import { isFile } from "./files.ts";
import { deno, denoDirectory } from "./run.ts";
import { compareVersions, type Executable, isHost, readExecutable, type Target } from "./target.ts";

/** What pitboot needs at least. */
const OLDEST = "2.6.8";
/** From 2.9.2 on, SIGUSR1 opens a debugger to every user of the machine. */
const NEWEST = "2.9.1";

/** From the newest that is fit to the oldest; Deno takes one range at a time. */
const FIT = [NEWEST, "~2.8.0", "~2.7.0", `~${OLDEST}`];

/**
 * Reads a Deno: the one that is named; else the one that runs us; else, where
 * that is too new or for another machine, one from npm, of the same version or
 * the newest that is fit.
 *
 * @param target What it is for.
 * @param named A file.
 * @throws {BuildError} If there is none, or it is too old or too new.
 */
export async function findDeno(target: Target, named?: string): Promise<Executable> {
  const isOwn = isHost(target) && !isTooNew(Deno.version.deno);
  const path = named ?? (isOwn ? Deno.execPath() : await download(target));
  const found = readExecutable(path, target, "the Deno");
  if (compareVersions(found.version, OLDEST) < 0) {
    throw new BuildError(`${path} is Deno ${found.version}; pitboot needs ${OLDEST} or newer`);
  }
  if (!isTooNew(found.version)) return found;
  throw new BuildError(
    `${path} is Deno ${found.version}, which opens a debugger to everybody at SIGUSR1; take ${NEWEST} or older`,
  );
}

function isTooNew(version: string): boolean {
  return compareVersions(version, NEWEST) > 0;
}

async function download({ arch, denoPackage }: Target): Promise<string> {
  const own = Deno.version.deno;
  const ranges = isTooNew(own) ? FIT : [own, ...FIT];
  let found: string | null = null;
  for (const range of ranges) found ??= await newest(denoPackage, range);
  if (found === null) {
    throw new BuildError(
      `npm has no ${denoPackage} from ${OLDEST} to ${NEWEST}, or does not answer; name a Deno for ${arch} with --deno FILE`,
    );
  }
  if (found !== own) {
    const why = isTooNew(own)
      ? `Deno ${own} opens a debugger at SIGUSR1`
      : `npm has no ${denoPackage}@${own}`;
    console.error(`compile: ${why}; taking ${found}`);
  }
  return await fileOf(denoPackage, found);
}

async function fileOf(denoPackage: string, version: string): Promise<string> {
  await deno(["cache", "--quiet", "--no-config", `npm:${denoPackage}@${version}`], "/");
  const denoDir = await denoDirectory();
  // One directory for each registry.
  const file = [...Deno.readDirSync(`${denoDir}/npm`)]
    .map(({ name }) => `${denoDir}/npm/${name}/${denoPackage}/${version}/deno`)
    .find(isFile);
  if (!file) throw new BuildError(`${denoPackage}@${version} of npm has no file deno`);
  return file;
}

/** The newest version in a range that npm has; `null` if it has none. */
async function newest(name: string, range: string): Promise<string | null> {
  const args = ["info", "--quiet", "--json", "--no-config", `npm:${name}@${range}`];
  const { npmPackages } = JSON.parse(await deno(args, "/"));
  const [found] = Object.values<{ version: string }>(npmPackages);
  return found?.version ?? null;
}
