/**
 * What there is of the @std packages in vendor/, and whether it is whole.
 *
 * @module
 */

import { sha256OfBytes } from "../../lib/text/byte_text.ts";

/** What there is. */
export interface Vendored {
  /** The packages that say which files they have. */
  readonly packages: readonly Package[];
  /** Files that are not what these say, or are such a list and cut off. */
  readonly broken: readonly string[];
}

/** A package as Deno keeps it. */
export interface Package {
  /** With its version, for instance `path@1.1.6`. */
  readonly id: string;
  readonly isStandIn: boolean;
  /** What a lock must have of it: the SHA-256 of the list of its files. */
  readonly integrity: string;
}

/** The list of the files of a package; that of a stand-in has none. */
interface Meta {
  readonly manifest: Readonly<Record<string, { readonly checksum: string }>>;
  /** Deno adds to the list what its SHA-256 was without this. */
  readonly lockfileChecksum?: string;
}

/**
 * Looks at every package.
 *
 * @param directory Where they are.
 * @returns Nothing if there is no such directory.
 */
export async function lookAt(directory: string): Promise<Vendored> {
  const packages: Package[] = [];
  const broken: string[] = [];
  for (const name of namesIn(directory)) {
    for (const file of namesIn(`${directory}/${name}`)) {
      const [, version] = /^(.+)_meta\.json$/.exec(file) ?? [];
      if (!version) continue;
      const path = `${directory}/${name}/${file}`;
      const bytes = Deno.readFileSync(path);
      const meta = parseMeta(new TextDecoder().decode(bytes));
      if (!meta) {
        broken.push(path);
        continue;
      }
      packages.push({
        id: `${name}@${version}`,
        isStandIn: Object.keys(meta.manifest).length === 0,
        integrity: meta.lockfileChecksum ?? await sha256OfBytes(bytes),
      });
      broken.push(...await brokenFiles(`${directory}/${name}/${version}`, meta));
    }
  }
  return { packages, broken };
}

async function brokenFiles(directory: string, { manifest }: Meta): Promise<string[]> {
  const broken: string[] = [];
  for (const path of filesBelow(directory)) {
    const expected = manifest[path.slice(directory.length)]?.checksum;
    const found = `sha256-${await sha256OfBytes(Deno.readFileSync(path))}`;
    if (expected && expected !== found) broken.push(path);
  }
  return broken;
}

function parseMeta(text: string): Meta | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function filesBelow(directory: string): string[] {
  return entriesOf(directory).flatMap(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    return isDirectory ? filesBelow(path) : [path];
  });
}

function namesIn(directory: string): string[] {
  return entriesOf(directory).map(({ name }) => name);
}

function entriesOf(directory: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(directory)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}
