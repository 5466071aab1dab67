/**
 * A program that `deno task compile` made, and what can be seen of it.
 *
 * @module
 */

import { sha256OfBytes } from "../../lib/text/byte_text.ts";
import type { Build } from "../../lib/cli/build.ts";
import { BuildError } from "../build/build_error.ts";
import { type Target, TARGETS } from "../build/target.ts";

/** A program that can be packaged. */
export interface Program {
  readonly target: Target;
  readonly path: string;
  /** In hexadecimal. */
  readonly sha256: string;
  /** How it was made, as far as that can be seen. */
  readonly build: Pick<Build, "commit" | "deno">;
}

/**
 * Finds the programs of a version.
 *
 * @param directory Where they are.
 * @param version The version.
 * @throws {BuildError} If there is none.
 */
export async function findPrograms(directory: string, version: string): Promise<Program[]> {
  const paths = TARGETS.map((target) => ({
    target,
    path: `${directory}/pitboot-${version}-${target.arch}`,
  }));
  const found = paths.filter(({ path }) => isFile(path));
  if (found.length > 0) return await Promise.all(found.map(look));
  throw new BuildError(
    `there is no ${paths.map(({ path }) => path).join(" nor ")}; deno task compile makes it`,
  );
}

/**
 * Computes the SHA-256 of a file.
 *
 * @param path The file.
 * @returns In hexadecimal.
 */
export async function sha256Of(path: string): Promise<string> {
  return await sha256OfBytes(Deno.readFileSync(path));
}

async function look({ target, path }: { target: Target; path: string }): Promise<Program> {
  const bytes = Deno.readFileSync(path);
  return { target, path, sha256: await sha256OfBytes(bytes), build: buildIn(bytes) };
}

/** A compiled program holds what it says of itself; a self-extracting one is packed. */
function buildIn(bytes: Uint8Array): Program["build"] {
  const text = new TextDecoder("latin1").decode(bytes);
  const [said] = /\{"form":"compiled","commit":[^}]*\}/.exec(text) ?? [];
  if (said) return JSON.parse(said);
  const [, deno = "0.0.0"] = /\bDeno (\d+\.\d+\.\d+)\b/.exec(text.slice(0, 4096)) ?? [];
  return { commit: null, deno };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
