/**
 * Lists what may be boot artifacts below a directory.
 *
 * @module
 */

import { ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { printable } from "../text/printable.ts";
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
   * a name that is not UTF-8, in which Deno has `\ufffd` for what it cannot read. And of
   * what has a line end in its name, as that can be shown.
   */
  readonly lost: readonly string[];
}

/** Of rsync (`.NAME.Ab3dEf`, and no checksum), and of those that add a word. */
const UNFINISHED =
  /^(\..+\.(xz|kernel|squashfs)\.(?!sha)[A-Za-z0-9]{6}|.+\.(xz|kernel|squashfs)(~|\.(partial|part|filepart|tmp|temp|download|crdownload|incomplete|aria2)))$/;

/** What images are named like. */
const NAMED = /^[^.].*\.(xz|kernel|squashfs)$/s;
const NOT_UTF8 = "\ufffd";
const UNMOUNTED = "is the disk with the boot images mounted?";

/**
 * Lists kernels, initrds and root filesystems by their names.
 *
 * @param directory The directory of a role; what lies deeper in it is listed, too.
 * @throws {Failure} If a directory exists and cannot be read.
 */
export function listArtifacts(root: Root, directory: string): Listing {
  const files: ArtifactFile[] = [];
  const unfinished: ArtifactFile[] = [];
  const dangling: string[] = [];
  const lost: string[] = [];
  visit(directory, 0);
  return { files, unfinished, dangling, lost };

  function visit(directory: string, depth: number): void {
    const list = (): Deno.DirEntry[] => root.list(directory, UNMOUNTED);
    const entries = depth > 0 ? ifThere(list) : list();
    if (!entries) lost.push(directory);
    for (const entry of entries ?? []) {
      const path = `${directory}/${entry.name}`;
      // Who named it so wants to write lines of ours; nobody names images so.
      const isTwoLines = entry.name.includes("\n");
      if (entry.isDirectory) {
        const hidden = entry.name.startsWith(".") || NEVER.has(entry.name);
        if (hidden || depth >= DEEPEST) continue;
        if (isTwoLines) lost.push(printable(path, Infinity));
        else visit(path, depth + 1);
      } else if (isTwoLines) {
        if (NAMED.test(entry.name)) lost.push(printable(path, Infinity));
      } else if (UNFINISHED.test(entry.name)) {
        unfinished.push(...filesAt(path) ?? []);
      } else if (NAMED.test(entry.name)) {
        const found = filesAt(path);
        const isLink = entry.isSymlink && !entry.name.includes(NOT_UTF8);
        if (found) files.push(...found);
        else (isLink ? dangling : lost).push(path);
      }
    }
  }

  /** None if something else is there, `null` if nothing is. */
  function filesAt(path: string): ArtifactFile[] | null {
    const info = ifThere(() => root.stat(path, {}));
    if (!info?.isFile) return info && [];
    return [{ path, bytes: info.size, modified: info.modified }];
  }
}
