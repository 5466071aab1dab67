/**
 * The Deno that goes into a self-extracting file.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";
import { isFile } from "./files.ts";
import { deno } from "./run.ts";
import { compareVersions, type Executable, isHost, readExecutable, type Target } from "./target.ts";

/** What pitboot needs at least. */
const OLDEST = "2.6.8";

/**
 * Reads a Deno: the one that is named; else the one that runs us; else, for
 * another machine, that of the same version from npm, or the newest that npm
 * has.
 *
 * @param target What it is for.
 * @param named A file.
 * @throws {BuildError} If there is none, or it is too old.
 */
export async function findDeno(target: Target, named?: string): Promise<Executable> {
  const path = named ?? (isHost(target) ? Deno.execPath() : await download(target));
  const found = readExecutable(path, target, "the Deno");
  if (compareVersions(found.version, OLDEST) >= 0) return found;
  throw new BuildError(`${path} is Deno ${found.version}; pitboot needs ${OLDEST} or newer`);
}

async function download({ arch, denoPackage }: Target): Promise<string> {
  const own = Deno.version.deno;
  const version = await newest(denoPackage, own) ?? await newest(denoPackage, `^${OLDEST}`);
  if (version === null) {
    throw new BuildError(`npm has no ${denoPackage}; name a Deno for ${arch} with --deno FILE`);
  }
  if (version !== own) {
    console.error(`compile: npm has no ${denoPackage}@${own}; taking ${version}`);
  }
  await deno(["cache", "--quiet", "--no-config", `npm:${denoPackage}@${version}`], "/");
  const { denoDir } = JSON.parse(await deno(["info", "--json"], "/"));
  // One directory for each registry.
  const found = [...Deno.readDirSync(`${denoDir}/npm`)]
    .map(({ name }) => `${denoDir}/npm/${name}/${denoPackage}/${version}/deno`)
    .find(isFile);
  if (!found) throw new BuildError(`${denoPackage}@${version} of npm has no file deno`);
  return found;
}

/** The newest version in a range that npm has; `null` if it has none. */
async function newest(name: string, range: string): Promise<string | null> {
  const args = ["info", "--quiet", "--json", "--no-config", `npm:${name}@${range}`];
  const { npmPackages } = JSON.parse(await deno(args, "/"));
  const [found] = Object.values<{ version: string }>(npmPackages);
  return found?.version ?? null;
}
