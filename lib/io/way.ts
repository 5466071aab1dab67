/**
 * The way to a path: which directories it leads through, links followed.
 *
 * @module
 */

import { isAbsent } from "./failures.ts";
import { type Stat, statOf } from "./stat.ts";

/** More links in one way lead nowhere; Linux gives up there, too. */
const MOST_LINKS = 40;

/** Where a way ends. */
export interface End {
  /** The real path. */
  readonly real: string;
  /** Whether something is there; of an entry that was not looked at, its directory. */
  readonly isThere: boolean;
}

/** How to go. */
export interface Walk {
  /** Whether a link at the end is followed, too. */
  readonly follows: boolean;
  /** Is told of each directory on the way, also of those that links lead through. */
  readonly visit?: (real: string, stat: Stat) => void;
}

/**
 * Goes to a path as Linux does, but never out of a directory: a link that begins with
 * `/` begins there, too.
 *
 * @param top What `/` means; empty for the machine itself.
 * @param path As seen from inside, from `/`.
 * @param walk How.
 * @throws If something on the way cannot be looked at.
 */
export function wayTo(top: string, path: string, { follows, visit }: Walk): End {
  const left = namesIn(path);
  let [done, links] = [top, 0];
  const lookAt = (real: string): Stat | null => {
    const stat = lstatIfThere(real || "/");
    if (stat?.isDirectory) visit?.(real || "/", stat);
    return stat;
  };
  if (visit) lookAt(top);
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (name === "..") {
      done = done.length > top.length ? done.slice(0, done.lastIndexOf("/")) : top;
      continue;
    }
    const next = `${done}/${name}`;
    const isEntry = left.length === 0 && !follows;
    if (isEntry && !visit) return { real: next, isThere: true };
    const stat = lookAt(next);
    if (!stat) return { real: [next, ...left.reverse()].join("/"), isThere: false };
    if (!stat.isSymlink || isEntry) done = next;
    else {
      if (++links > MOST_LINKS) throw new Error("too many levels of symbolic links");
      const target = Deno.readLinkSync(next);
      if (target.startsWith("/")) done = top;
      left.push(...namesIn(target));
    }
  }
  return { real: done || "/", isThere: true };
}

/** The last first. */
function namesIn(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".").reverse();
}

/** What is known of a path itself; `null` if nothing is there. */
export function lstatIfThere(real: string): Stat | null {
  try {
    return statOf(Deno.lstatSync(real));
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
