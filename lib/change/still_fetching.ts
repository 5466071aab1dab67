/**
 * Whether a node is in the middle of booting, as far as the web server's log tells.
 *
 * A line of the log comes when a transfer ends: a root filesystem takes minutes, and the
 * disks are wiped before it is asked for. So no clock tells that a node is done, but the
 * line of its root filesystem.
 *
 * @module
 */

import type { BootFile, BootRequest } from "../progress/boot_request.ts";

/** So long after its kernel a node may still fetch its root filesystem, in minutes. */
export const BOOT_MINUTES = 60;
/** One that has no more than its script fetches more at once, or gave up. */
const SCRIPT_MINUTES = 10;
const OF_MINUTE_MS = 60_000;

/** What a node has fetched that is in the middle of booting. */
export interface HalfBoot {
  /** In the order in which a node fetches them. */
  readonly files: readonly BootFile[];
  /** When it fetched the first of them, milliseconds since the epoch. */
  readonly since: number;
}

const BEFORE_ROOTFS: readonly BootFile[] = ["script", "initrd", "kernel"];

/**
 * Tells what a node has fetched of a boot whose root filesystem it has not.
 *
 * @param requests Its own, in any order.
 * @param now Milliseconds since the epoch.
 * @returns `null` if it has all that it boots, or nothing for an hour.
 */
export function halfBoot(requests: readonly BootRequest[], now: number): HalfBoot | null {
  // On either side of now: somebody may have set the clock.
  const given = requests.filter(({ status, at }) => status === 200 && isRecent(now - at));
  const begin = lastTime(given, ["script"]);
  const own = given.filter(({ at, file }) => at >= begin && BEFORE_ROOTFS.includes(file));
  const parts = own.filter(({ file }) => file !== "script").map(({ at }) => at);
  // The first of them: old initrds fetch a kernel again, beside their root filesystem.
  const begun = Math.min(...parts, ...begin > -Infinity && parts.length === 0 ? [begin] : []);
  if (lastTime(given, ["rootfs"]) >= begun) return null;
  if (parts.length === 0 && !isRecent(now - begin, SCRIPT_MINUTES)) return null;
  return {
    files: BEFORE_ROOTFS.filter((file) => own.some((request) => request.file === file)),
    since: Math.min(...own.map(({ at }) => at)),
  };
}

function lastTime(requests: readonly BootRequest[], files: readonly BootFile[]): number {
  return requests.filter(({ file }) => files.includes(file))
    .reduce((newest, { at }) => Math.max(newest, at), -Infinity);
}

function isRecent(milliseconds: number, minutes = BOOT_MINUTES): boolean {
  return Math.abs(milliseconds) <= minutes * OF_MINUTE_MS;
}
