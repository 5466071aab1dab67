/**
 * The Deno to build with, for tests and measurements: they take whatever
 * runtime is at hand, and the Deno that belongs to it.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";
import { runtimeFile } from "./runtime.ts";
import { isHost, type Target } from "./target.ts";

/**
 * Looks for a runtime where the environment says that there is one.
 *
 * @param target What it is for.
 * @returns Its version: that of the Deno that runs us if there is a choice;
 * `null` if there is none.
 */
export function runtimeVersion(target: Target): string | null {
  const own = Deno.version.deno;
  if (Deno.env.get("DENORT_BIN")) return isHost(target) ? own : null;
  if (runtimeFile(target, own)) return own;
  const directory = Deno.env.get("PITBOOT_DENORT_DIR");
  const [file] = (directory ? namesIn(directory) : []).filter((name) =>
    name.startsWith("denort-") && name.endsWith(`-${target.triple}.xz`)
  ).sort();
  return file?.split("-")[1] ?? null;
}

/**
 * Finds a Deno of one version; it comes from npm if it is not the one that
 * runs us.
 *
 * @param version For instance `2.6.8`.
 * @returns Its path.
 * @throws {BuildError} If npm does not have it, or is not there.
 */
export async function denoOf(version: string): Promise<string> {
  if (version === Deno.version.deno) return Deno.execPath();
  try {
    const { success, stdout } = await new Deno.Command("npx", {
      args: ["-y", `deno@${version}`, "eval", "console.log(Deno.execPath())"],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stderr: "null",
    }).output();
    if (success) return new TextDecoder().decode(stdout).trim();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new BuildError(`npx -y deno@${version} does not start`);
}

function namesIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
