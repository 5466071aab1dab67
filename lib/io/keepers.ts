/**
 * Who besides root may change what lies somewhere.
 *
 * @module
 */

import { type Stat, statOf } from "./stat.ts";

/** Users and groups, by number, that may do what root may. */
export interface Trusted {
  readonly users: readonly number[];
  readonly groups: readonly number[];
}

/** Nobody but root, and who runs pitboot. */
const NOBODY: Trusted = { users: [], groups: [] };
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/** In such a directory only the owner of an entry, and its own, may take that away. */
const STICKY = 0o1000;

/** What it takes to tell who may change something. */
type Kept = Pick<Stat, "uid" | "gid" | "mode">;

/**
 * Tells who may change a file, or what a directory holds, besides root and who runs
 * pitboot.
 *
 * @param stat What is known of it.
 * @param trusted Who else may.
 * @returns For instance `belongs to user 1000`; `null` if nobody may.
 */
export function whoElse({ uid, gid, mode }: Kept, trusted: Trusted = NOBODY): string | null {
  if (!isRootOrUs(uid) && !trusted.users.includes(uid)) return `belongs to user ${uid}`;
  const words = `may be written by %s (mode ${mode.toString(8)})`;
  if ((mode & OTHERS_WRITE) !== 0) return words.replace("%s", "anybody");
  const isOpen = (mode & GROUP_WRITES) !== 0 && !isOurGroup(gid) && !trusted.groups.includes(gid);
  return isOpen ? words.replace("%s", `group ${gid}`) : null;
}

/**
 * Tells who may swap an entry of a directory for another, if that entry is ours.
 *
 * @param stat What is known of the directory.
 * @param trusted Who may.
 * @returns As {@linkcode whoElse}.
 */
export function whoSwaps({ uid, gid, mode }: Kept, trusted: Trusted = NOBODY): string | null {
  const isSticky = (mode & STICKY) !== 0;
  const shared = isSticky ? mode & ~(GROUP_WRITES | OTHERS_WRITE) : mode;
  return whoElse({ uid, gid, mode: shared }, trusted);
}

/** In a namespace of users, root of the machine may have another number: it owns `/`. */
function isRootOrUs(uid: number): boolean {
  return uid === 0 || uid === Deno.uid() || uid === statOf(Deno.statSync("/")).uid;
}

/** Many systems give each user a group of its own. */
function isOurGroup(gid: number): boolean {
  return gid === 0 || (Deno.uid() !== 0 && gid === Deno.gid());
}
