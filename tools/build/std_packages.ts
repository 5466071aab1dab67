/**
 * The @std packages that a program holds: what its modules import, and what
 * they import in turn.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";
import { deno } from "./run.ts";

/** A part of what `deno info --json` says. */
interface ModuleGraph {
  readonly modules: readonly { readonly specifier: string; readonly error?: string }[];
}

/**
 * Asks Deno which packages a program is made of.
 *
 * @param root The sources, with their vendor/.
 * @param entry Where the program begins, in the sources.
 * @returns The version of each package by its name, in order; `null` where a
 * stand-in of ours has its place.
 * @throws {BuildError} If a module is missing.
 */
export async function stdPackages(
  root: string,
  entry: string,
): Promise<Record<string, string | null>> {
  const graph = JSON.parse(await deno(["info", "--quiet", "--json", entry], root)) as ModuleGraph;
  const [missing] = graph.modules.flatMap(({ error }) => error ?? []);
  if (missing) throw new BuildError(`the sources are not whole: ${missing}`);
  const isReal = (path: string): boolean => !isStandIn(`${root}/vendor/${path}_meta.json`);
  return packagesIn(graph.modules.map(({ specifier }) => specifier), isReal);
}

/**
 * Finds the packages of modules.
 *
 * @param specifiers The modules, for instance
 * `https://jsr.io/@std/path/1.1.6/join.ts`.
 * @param isReal Whether a package is no stand-in, for instance
 * `jsr.io/@std/path/1.1.6`.
 * @returns The version of each by its name, in order; `null` for a stand-in.
 */
export function packagesIn(
  specifiers: readonly string[],
  isReal: (path: string) => boolean,
): Record<string, string | null> {
  const found = specifiers.flatMap((specifier) => {
    const [, path, name, version] =
      /^\w+:\/\/(.*(@std\/[a-z0-9-]+)\/(\d+\.\d+\.\d+[^/]*))\//.exec(specifier) ?? [];
    return path && name && version ? [[name, isReal(path) ? version : null] as const] : [];
  });
  return Object.fromEntries(found.sort(([a], [b]) => a < b ? -1 : 1));
}

/** What setup lays out in the place of a package has an empty manifest. */
function isStandIn(path: string): boolean {
  try {
    return Object.keys(JSON.parse(Deno.readTextFileSync(path)).manifest).length === 0;
  } catch (error) {
    // A package that Deno has taken from elsewhere: it keeps stand-ins nowhere.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
