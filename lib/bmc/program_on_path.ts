/**
 * Looks for programs, as the system will.
 *
 * @module
 */

import type { Context } from "../io/context.ts";
import { statOf } from "../io/stat.ts";

/**
 * Finds a program on the search path.
 *
 * @param context The environment.
 * @param name For instance `ipmitool`.
 * @returns `null` if it is not there.
 */
export function programOnPath({ env }: Pick<Context, "env">, name: string): string | null {
  for (const directory of (env("PATH") ?? "").split(":")) {
    const path = `${directory || "."}/${name}`;
    try {
      const { isFile, mode } = statOf(Deno.statSync(path));
      if (isFile && (mode & 0o111) !== 0) return path;
    } catch {
      continue; // not there, or not for us
    }
  }
  return null;
}
