/**
 * What is known of a file, in numbers.
 *
 * @module
 */

/** What is known of a file; Linux says all of it of every file. */
export interface Stat extends Pick<Deno.FileInfo, "isFile" | "isDirectory" | "isSymlink" | "size"> {
  /** The permissions alone, without the kind of the file. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  /** How many names it has (hard links). */
  readonly names: number;
  /** Equal where two paths are names of one file. */
  readonly id: string;
}

/**
 * Tells what is known of a file in numbers; Deno has `null` for other systems.
 *
 * @param info As Deno has it.
 */
export function statOf(info: Deno.FileInfo): Stat {
  const { isFile, isDirectory, isSymlink, size, dev, ino, mtime } = info;
  return {
    isFile,
    isDirectory,
    isSymlink,
    size,
    mode: (info.mode ?? 0) & 0o7777,
    uid: info.uid ?? 0,
    gid: info.gid ?? 0,
    // A file system may have times that are no date.
    modified: mtime?.getTime() || 0,
    names: info.nlink ?? 1,
    id: `${dev}:${ino}`,
  };
}
