/**
 * The texts of the licenses of what is in a program: those that whoever
 * packages it names, else those that lie where it was built.
 *
 * @module
 */

import type { Build } from "../../lib/cli/build.ts";
import { BuildError } from "../build/build_error.ts";
import { isFile } from "../build/files.ts";

/** Texts by the name of their file. */
export type Licenses = Readonly<Record<string, string>>;

/** Where licenses are looked for. */
export interface Places {
  /** The sources, with their LICENSE and their vendor/. */
  readonly root: string;
  /** The Deno that runs us; its package of npm has a license beside it. */
  readonly deno: string;
  /** A directory with more, and better ones; `undefined` if nobody named one. */
  readonly named: string | undefined;
}

/**
 * Collects the texts that are at hand.
 *
 * @param build How the program was built.
 * @param places Where to look.
 * @returns `LICENSE`, and as many of `LICENSE.deno`, `LICENSE.v8` and
 * `LICENSE.std` as there are and it needs, and whatever else is in the
 * directory that was named.
 * @throws {BuildError} If that directory cannot be read.
 */
export function findLicenses(build: Pick<Build, "std">, { root, deno, named }: Places): Licenses {
  const own = Deno.readTextFileSync(`${root}/LICENSE`);
  const ofDeno = textOf(deno.replace(/[^/]*$/, "LICENSE"));
  const std = stdLicense(build.std, { root, own });
  return {
    // In a directory of many programs it may be anybody's.
    ...ofDeno.includes("the Deno authors") ? { "LICENSE.deno": ofDeno } : {},
    ...std ? { "LICENSE.std": std } : {},
    ...named === undefined ? {} : textsIn(named),
    "LICENSE": own,
  };
}

/** Each module of @std says whose it is, and that it has the license of MIT: so has ours. */
function stdLicense(
  std: Build["std"],
  { root, own }: { root: string; own: string },
): string | null {
  for (const [name, version] of Object.entries(std)) {
    if (version === null) continue;
    const [, owner] = /^\/\/ (Copyright .*)\. MIT license\.$/m.exec(
      moduleIn(`${root}/vendor/jsr.io/${name}/${version}`),
    ) ?? [];
    if (owner) return own.replace(/^Copyright .*$/m, owner);
  }
  return null;
}

/** Any module of a package; empty if there is none. */
function moduleIn(directory: string): string {
  try {
    const [first] = [...Deno.readDirSync(directory)].map(({ name }) => name)
      .filter((name) => name.endsWith(".ts")).sort();
    return first ? Deno.readTextFileSync(`${directory}/${first}`) : "";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Empty if there is no such file. */
function textOf(path: string): string {
  return isFile(path) ? Deno.readTextFileSync(path) : "";
}

function textsIn(directory: string): Record<string, string> {
  try {
    return Object.fromEntries(
      [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile)
        .map(({ name }) => [name, Deno.readTextFileSync(`${directory}/${name}`)]),
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new BuildError(`--licenses ${directory} cannot be read: ${error.message}`, {
      cause: error,
    });
  }
}
