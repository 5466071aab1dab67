/**
 * Programs that a build calls.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";

/** What Deno trusts where nobody says: also what this machine trusts. */
const DEFAULTS = {
  DENO_NO_UPDATE_CHECK: "1",
  DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") || "mozilla,system",
};

/**
 * Runs the Deno that runs us.
 *
 * @param args Its arguments.
 * @param cwd Where.
 * @param env What to add to the environment.
 * @returns What it printed.
 * @throws {BuildError} If it fails; what it said has been shown.
 */
export async function deno(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { ...DEFAULTS, ...env },
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new BuildError(`deno ${args[0]} failed, for the reason above`);
  return new TextDecoder().decode(stdout);
}

/** Finds the directory in which the Deno that runs us keeps what it has loaded. */
export async function denoDirectory(): Promise<string> {
  return JSON.parse(await deno(["info", "--json"], "/")).denoDir;
}

/**
 * Asks git.
 *
 * @param args Its arguments.
 * @param cwd Where.
 * @returns What it printed; `null` without git, or where it has no answer.
 */
export async function git(args: readonly string[], cwd: string): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: [...args],
      cwd,
      stdin: "null",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
