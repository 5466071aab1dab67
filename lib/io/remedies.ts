/**
 * What to do where the system refuses to read or write a file.
 *
 * @module
 */

/** A refusal of the system. */
export interface Refused {
  /** What the system calls its reason, for instance `EACCES`. */
  readonly code: string | undefined;
  /** The file, as seen from inside. */
  readonly path: string;
  /** Whether root was refused. */
  readonly isRoot: boolean;
}

/**
 * Finds what helps against the reason of a refusal.
 *
 * @returns `null` where only those know who wanted the file.
 *
 * @example
 * ```ts
 * import { remedyFor } from "./remedies.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const path = "/etc/conman.conf";
 * assertEquals(remedyFor({ code: "EACCES", path, isRoot: false }), "run as root");
 * assertEquals(remedyFor({ code: "ENOENT", path, isRoot: false }), null);
 * ```
 */
export function remedyFor({ code, path, isRoot }: Refused): string | null {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return isRoot
        ? `even root is not allowed: look for an immutable file (lsattr -d ${path}), and check how its disk is mounted (findmnt -T ${path})`
        : "run as root";
    case "EROFS":
      return `its disk is mounted read-only: find out why (dmesg), and mount it read-write (findmnt -T ${path} names it)`;
    case "ENOSPC":
      return `make room on the disk of ${path} (df shows it, df -i where there are too many files)`;
    case "EDQUOT":
      return `make room on the disk of ${path}, or raise the quota there`;
    case "EMFILE":
    case "ENFILE":
      return "raise the limit of open files (ulimit -n)";
    case "EIO":
      return "disk error: see the kernel log (dmesg)";
    default:
      return null;
  }
}
