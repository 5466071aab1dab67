/**
 * Finds incomplete releases: perhaps they are still being copied.
 *
 * @module
 */

import type { Role } from "../nodes/roles.ts";
import { parseRelease, type Release } from "../text/release.ts";
import {
  type ArtifactFile,
  type BootTriple,
  directoryOf,
  fileName,
  initrdTag,
  rootfsTag,
} from "./boot_triples.ts";
import type { Listing } from "./list_artifacts.ts";

/** A directory with some of the files of a release, and without a complete triple. */
export interface PartialRelease extends Release {
  readonly directory: string;
  /** When the newest of its files was modified, milliseconds since the epoch. */
  readonly modified: number;
  /** The parts that are missing, in words: `no initrd`. */
  readonly lacks: string;
}

/** A file of a directory, under the name that it has, or will have once it is copied. */
interface Candidate {
  readonly file: ArtifactFile;
  readonly name: string;
  readonly isFinished: boolean;
}

const KINDS = ["kernel", "initrd", "squashfs"] as const;

/**
 * Finds the directories of a role that hold some of the files of a release and no
 * complete triple.
 *
 * @param role Whose releases to look for.
 * @param found Everything below the role's directory.
 * @param triples The complete triples among them.
 * @returns The newest first.
 */
export function findPartial(
  role: Role,
  { files, unfinished, dangling }: Omit<Listing, "lost">,
  triples: readonly BootTriple[],
): PartialRelease[] {
  const whole = new Set(triples.map(({ directory }) => directory));
  const candidates = [
    ...files.map((file) => ({ file, name: fileName(file.path), isFinished: true })),
    ...unfinished.map((file) => ({ file, name: finalName(file.path), isFinished: false })),
  ];
  return [...Map.groupBy(candidates, ({ file }) => directoryOf(file.path))]
    .filter(([directory]) => !whole.has(directory))
    .flatMap(([directory, group]) =>
      partialIn(directory, group, {
        role,
        dangling: dangling.filter((path) => directoryOf(path) === directory).map(fileName),
      }) ?? []
    )
    .sort((a, b) => b.modified - a.modified || (a.directory < b.directory ? 1 : -1));
}

/**
 * Says which parts of a release are missing.
 *
 * @param role The name of its role.
 */
export function describePartial(
  role: string,
  { release, lacks, directory }: Pick<PartialRelease, "release" | "lacks" | "directory">,
): string {
  return `${role} ${release} is newer but incomplete: ${lacks} (${directory})`;
}

/** `null` if this is nothing of the role: another kind of image, or no image at all. */
function partialIn(
  directory: string,
  group: readonly Candidate[],
  { role, dangling }: { role: Role; dangling: readonly string[] },
): PartialRelease | null {
  const kindOf = ({ name }: Pick<Candidate, "name">): typeof KINDS[number] | null => {
    if (name.endsWith(".kernel")) return "kernel";
    if (initrdTag(name) !== null) return "initrd";
    return rootfsTag(name, role) === null ? null : "squashfs";
  };
  const own = Map.groupBy(group, kindOf);
  const isOther = !own.has("squashfs") && group.some(({ name }) => name.endsWith(".squashfs"));
  const parts = group.filter((each) => kindOf(each) !== null);
  if (isOther || parts.length === 0) return null;
  const [tag = fileName(directory)] = [...own.get("squashfs") ?? [], ...own.get("initrd") ?? []]
    .flatMap(({ name }) => rootfsTag(name, role) ?? initrdTag(name) ?? []);
  const missing = KINDS.flatMap((kind) => {
    const found = own.get(kind) ?? [];
    if (found.some(({ isFinished }) => isFinished)) return [];
    const [copy] = found.map(({ file }) => fileName(file.path));
    const [link] = dangling.filter((name) => kindOf({ name }) === kind);
    if (copy) return [`no ${kind} (only ${copy})`];
    return [link ? `no ${kind}: ${link} points to nothing` : `no ${kind}`];
  });
  return {
    ...parseRelease(tag),
    directory,
    modified: Math.max(...parts.map(({ file }) => file.modified)),
    lacks: missing.join(", ") || "its files belong to several releases",
  };
}

/** The name that a copy will have: without what programs that copy add to it. */
function finalName(path: string): string {
  return fileName(path).replace(/^\./, "").replace(/(~|\.[^.~]+)$/, "");
}
