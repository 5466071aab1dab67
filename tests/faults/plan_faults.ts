/**
 * Decides which faults are tried.
 *
 * @module
 */

import type { Fault, SeenCall, Way } from "./shim.ts";

/** Calls that need room on the disk. */
const NEED_ROOM = new Set(["create", "write", "mkdir", "symlink", "link", "copy"]);
/** Calls that are refused to who may not do that, or where nothing may be changed. */
const NEED_RIGHTS = new Set([
  "create",
  "open",
  "mkdir",
  "symlink",
  "link",
  "rename",
  "unlink",
  "rmdir",
  "chmod",
  "chown",
  "utimens",
]);

/**
 * Lists what can happen to a command.
 *
 * @param calls What it does if nothing happens.
 * @param errors `all`: every call fails with every error that it can fail with, one
 * after another; `some`: every third fails with one of them.
 * @returns For every call that all ends there, and that it fails.
 */
export function planFaults(calls: readonly SeenCall[], errors: "all" | "some" = "all"): Fault[] {
  const all = calls.flatMap(({ n, kind }) => {
    const possible = errorsOf(kind);
    const one = n % 3 === 0 ? possible[n / 3 % possible.length] : undefined;
    const chosen = errors === "all" ? possible : one ? [one] : [];
    return [...endsOf(kind), ...chosen].map((way) => ({ at: n, way }));
  });
  // Between two calls nothing changes: only after the last there is one more moment.
  const last = calls.at(-1);
  return last ? [...all, { at: last.n, way: "after" }] : all;
}

function endsOf(kind: string): Way[] {
  return kind === "write" ? ["kill", "half"] : ["kill"];
}

function errorsOf(kind: string): Way[] {
  return [
    "EIO",
    ...(NEED_ROOM.has(kind) ? ["ENOSPC"] as const : []),
    ...(NEED_RIGHTS.has(kind) ? ["EACCES", "EROFS"] as const : []),
  ];
}

/**
 * Takes a part of a list, spread evenly.
 *
 * @param all The list.
 * @param count How many.
 * @param seed Where to begin; the same seed takes the same part.
 */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  if (count >= all.length) return [...all];
  const stride = all.length / count;
  const begin = seed % Math.max(1, Math.floor(stride));
  return Array.from({ length: count }, (_, i) => all[Math.floor(i * stride) + begin])
    .filter((each) => each !== undefined);
}
