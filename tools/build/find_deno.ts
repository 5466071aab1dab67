/**
 * The Deno that goes into a self-extracting file.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";
import { deno } from "./run.ts";
import { isHost, readExecutable, type Target } from "./target.ts";

/**
 * Reads a Deno: the one that is named; else the one that runs us; else, for
 * another machine, that of the same version from npm.
 *
 * @param target What it is for.
 * @param named A file.
 * @throws {BuildError} If there is none.
 */
export async function findDeno(
  target: Target,
  named?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = named ?? (isHost(target) ? Deno.execPath() : await download(target));
  return readExecutable(path, target, { name: "the Deno" });
}

async function download({ arch, denoPackage }: Target): Promise<string> {
  const version = Deno.version.deno;
  const wanted = `${denoPackage}@${version}`;
  try {
    await deno(["cache", "--quiet", "--no-config", `npm:${wanted}`], "/");
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new BuildError(`npm has no ${wanted}; name a Deno for ${arch} with --deno FILE`);
  }
  const { denoDir } = JSON.parse(await deno(["info", "--json"], "/"));
  // One folder for each registry.
  const found = [...Deno.readDirSync(`${denoDir}/npm`)]
    .map(({ name }) => `${denoDir}/npm/${name}/${denoPackage}/${version}/deno`)
    .find(exists);
  if (!found) throw new BuildError(`${wanted} of npm has no file deno`);
  return found;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
