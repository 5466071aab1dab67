/**
 * Lists what may be boot artifacts below a directory.
 *
 * @module
 */

import { fileFailure } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import type { ArtifactFile } from "./boot_triples.ts";

/** `old`: where the customiser moves originals. `squashfs-root`: where it unpacks them. */
const NEVER = new Set(["old", "squashfs-root"]);
/** Releases lie one directory deep; a few more for sites that sort them. */
const DEEPEST = 4;

/** The files of a directory, and what could not be read of them. */
export interface Listing {
  readonly files: readonly ArtifactFile[];
  /** Copies of such files that are under way, by the names that programs give them until then. */
  readonly unfinished: readonly ArtifactFile[];
  /** Paths of links that point to nothing. */
  readonly dangling: readonly string[];
  /**
   * Paths of what was there by the list and not by its name: gone meanwhile, or of
   * a name that is not UTF-8, in which Deno has `\ufffd` for what it cannot read.
   */
  readonly lost: readonly string[];
}

/** Of rsync (`.NAME.Ab3dEf`, and no checksum), and of those that add a word. */
const UNFINISHED =
  /^(\..+\.(xz|kernel|squashfs)\.(?!sha)[A-Za-z0-9]{6}|.+\.(xz|kernel|squashfs)(~|\.(partial|part|filepart|tmp|temp|download|crdownload|incomplete|aria2)))$/;

const UNREADABLE = "\ufffd";

/**
 * Lists kernels, initrds and root filesystems by their names.
 *
 * @param root The file system.
 * @param directory Where to begin.
 * @throws {Failure} If a directory that is there cannot be read.
 */
export function listArtifacts(root: Root, directory: string): Listing {
  const files: ArtifactFile[] = [];
  const unfinished: ArtifactFile[] = [];
  const dangling: string[] = [];
  const lost: string[] = [];
  visit(directory, 0);
  return { files, unfinished, dangling, lost };

  function visit(directory: string, depth: number): void {
    const entries = readDirectory(root, directory, depth > 0);
    if (!entries) lost.push(directory);
    for (const entry of entries ?? []) {
      const path = `${directory}/${entry.name}`;
      if (entry.isDirectory) {
        const hidden = entry.name.startsWith(".") || NEVER.has(entry.name);
        if (!hidden && depth < DEEPEST) visit(path, depth + 1);
      } else if (UNFINISHED.test(entry.name)) {
        const info = statOrNull(root, path);
        if (info?.isFile) unfinished.push(fileOf(path, info));
      } else if (/^[^.].*\.(xz|kernel|squashfs)$/.test(entry.name)) {
        const info = statOrNull(root, path);
        const isLink = entry.isSymlink && !entry.name.includes(UNREADABLE);
        if (!info) (isLink ? dangling : lost).push(path);
        else if (info.isFile) files.push(fileOf(path, info));
      }
    }
  }
}

function fileOf(path: string, { size, mtime }: Deno.FileInfo): ArtifactFile {
  return { path, bytes: size, modified: mtime?.getTime() ?? 0 };
}

/** `null` if it is not there, and may be so. */
function readDirectory(
  root: Root,
  directory: string,
  mayBeLost: boolean,
): Deno.DirEntry[] | null {
  try {
    return [...Deno.readDirSync(root.real(directory))];
  } catch (error) {
    if (mayBeLost && error instanceof Deno.errors.NotFound) return null;
    throw fileFailure(directory, error, "is the disk with the boot images mounted?");
  }
}

function statOrNull(root: Root, path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(root.real(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw fileFailure(path, error);
  }
}
