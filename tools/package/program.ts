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
  /** How it was built, as it says itself. */
  readonly build: Build;
}

/**
 * Finds the programs of a version.
 *
 * @param directory Where they are.
 * @param version The version.
 * @throws {BuildError} If there is none, or one that does not say how it was built.
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
  const build = buildIn(bytes);
  if (build) return { target, path, sha256: await sha256OfBytes(bytes), build };
  throw new BuildError(`${path} does not say how it was built; make it anew: deno task compile`);
}

/** A compiled program holds it among its files, a self-extracting one in its header. */
function buildIn(bytes: Uint8Array): Build | null {
  const text = new TextDecoder("latin1").decode(bytes);
  const [said] =
    /\{"form":"(?:compiled|self-extracting)","commit":[^{}]{0,999}\{[^{}]{0,999}\}\}/.exec(text) ??
      [];
  return said ? JSON.parse(said) : null;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
