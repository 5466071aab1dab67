/**
 * Who besides root may change what lies at a path, or swap a directory on the way to it.
 *
 * @module
 */

import { type Trusted, whoElse, whoSwaps } from "./keepers.ts";
import type { Root } from "./root.ts";
import type { Stat } from "./stat.ts";

/** A directory that others than root may change. */
export interface Stranger {
  /** The directory, as seen from inside. */
  readonly path: string;
  /** For instance `belongs to user 1000`. */
  readonly words: string;
  /** The command that takes it from them. */
  readonly cure: string;
}

/** How to look. */
export interface Suspicion {
  /** Whether others may have entries of their own in the directory itself (`/tmp`). */
  readonly isShared?: boolean;
  readonly trusted?: Trusted;
}

/**
 * Finds the first directory on the way to a path that others than root may change. It
 * is looked for once: whoever may change none of them, does not become able to.
 *
 * @param root The file system.
 * @param path A directory, as seen from inside; what does not exist nobody has changed.
 * @param suspicion How to look.
 * @returns `null` if there is none.
 */
export function strangerOnWay(
  root: Root,
  path: string,
  { isShared = false, trusted }: Suspicion = {},
): Stranger | null {
  const key = JSON.stringify([path, isShared, trusted]);
  return root.once(`the strangers on the way to ${key}`, () => {
    const passed: (readonly [directory: string, stat: Stat])[] = [];
    const isThere = root.walk(path, (directory, stat) => passed.push([directory, stat]));
    const last = isThere && !isShared ? passed.pop() : undefined;
    for (const [directory, stat] of passed) {
      const words = whoSwaps(stat, trusted);
      if (words !== null) return strangerOf(directory, words);
    }
    const words = last ? whoElse(last[1], trusted) : null;
    return last && words !== null ? strangerOf(last[0], words) : null;
  });
}

/**
 * Says what takes something from those who may change it.
 *
 * @param path As seen from inside.
 * @param words What {@linkcode whoElse} says.
 */
export function strangerOf(path: string, words: string): Stranger {
  const command = words.startsWith("belongs") ? "chown root:root" : "chmod go-w";
  return { path, words, cure: `${command} ${path}` };
}
