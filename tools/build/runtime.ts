/**
 * The runtime that `deno compile` puts a program into.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";
import { isFile } from "./files.ts";
import { denoDirectory } from "./run.ts";
import { readExecutable, type Target } from "./target.ts";

const { deno: VERSION } = Deno.version;
/** Longer than any healthy answer, shorter than the patience of a person. */
const TIMEOUT_MS = 3000;

/**
 * Finds a runtime of the version of the Deno that runs us: `$DENORT_BIN`, then
 * `$PITBOOT_DENORT_DIR/denort-VERSION-TARGET.xz`, then Deno's own cache, then
 * dl.deno.land.
 *
 * @param target What it is for.
 * @param directory Where to unpack what is packed.
 * @returns What `deno compile` needs in its environment; `null` if there is
 * no runtime.
 * @throws {BuildError} If `$DENORT_BIN` is not that runtime.
 */
export async function findRuntime(
  target: Target,
  directory: string,
): Promise<Record<string, string> | null> {
  const named = Deno.env.get("DENORT_BIN");
  if (named) {
    checkRuntime(named, target, "DENORT_BIN");
    return { DENORT_BIN: named };
  }
  // An empty one is none to us, and to deno compile a path.
  Deno.env.delete("DENORT_BIN");
  const packed = runtimeFile(target, VERSION);
  if (packed) {
    const path = `${directory}/denort`;
    await unpack(packed, path);
    checkRuntime(path, target, "the runtime");
    return { DENORT_BIN: path };
  }
  if (await isCached(target) || await isInReach(target)) return {};
  return null;
}

/** deno compile takes any file, and any version, without complaint. */
function checkRuntime(path: string, target: Target, name: string): void {
  const { version } = readExecutable(path, target, name);
  if (version === VERSION) return;
  throw new BuildError(
    `${name} ${path} is of Deno ${version}, and what runs this is ${VERSION}; take both of one version`,
  );
}

/**
 * The packed runtime in the directory that `$PITBOOT_DENORT_DIR` names.
 *
 * @param target What it is for.
 * @param version Its version.
 * @returns Its path, or `null` if there is none.
 */
export function runtimeFile({ triple }: Target, version: string): string | null {
  const directory = Deno.env.get("PITBOOT_DENORT_DIR");
  const path = `${directory}/denort-${version}-${triple}.xz`;
  return directory && isFile(path) ? path : null;
}

/**
 * Unpacks a runtime.
 *
 * @param from A file of xz.
 * @param to The executable.
 * @throws {BuildError} If xz cannot do it.
 */
export async function unpack(from: string, to: string): Promise<void> {
  try {
    const child = new Deno.Command("xz", { args: ["-dc", from], stdout: "piped" }).spawn();
    await Deno.writeFile(to, child.stdout, { mode: 0o755 });
    if ((await child.status).success) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new BuildError(`${from} cannot be unpacked with xz`);
}

async function isCached({ triple }: Target): Promise<boolean> {
  const denoDir = await denoDirectory();
  return isFile(`${denoDir}/dl/release/v${VERSION}/denort-${triple}.zip`);
}

async function isInReach({ triple }: Target): Promise<boolean> {
  const url = `https://dl.deno.land/release/v${VERSION}/denort-${triple}.zip`;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return (await fetch(url, { method: "HEAD", signal })).ok;
  } catch {
    return false;
  }
}
