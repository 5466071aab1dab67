/**
 * Reads the log of a web server: which node fetched what it boots, and when.
 *
 * Format: the common and the combined one of Apache, which is nginx' own, too.
 *
 * @module
 */

import { LINKS, SCRIPT } from "./boot_tree.ts";

/** The files that a node fetches when it boots. */
export const BOOT_FILES = [SCRIPT, ...LINKS] as const;

/** A file that a node fetched. */
export interface Fetch {
  /** As in the path that was asked for, for instance `ncn-w001`. */
  readonly node: string;
  readonly file: typeof BOOT_FILES[number];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/**
 * The request is the first that stands in quotes; quotes within it are escaped. Whoever asks
 * on loopback tries the server, and is no node.
 */
const LINE =
  /^(?!(?:[\w.-]+:\d+ )?(?:127\.|::1 ))[^"]*\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d)\] "GET \/([\w.-]+)\/([\w.-]+) HTTP\/[\d.]+" [23]\d\d(?: |$)/;

/**
 * Reads the log of a web server.
 *
 * @param text Lines of the log; the first and the last may be torn. Lines of
 * another format, and requests that were refused, for other files or from this very
 * machine, are skipped.
 * @returns What nodes fetched, in the order of the log.
 *
 * @example
 * ```ts
 * import { parseAccessLog } from "./access_log.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const line = '10.1.1.20 - - [25/Nov/2026:03:08:25 +0000] "GET /ncn-w001/kernel HTTP/1.1" 200 9\n';
 * assertEquals(parseAccessLog(line), [
 *   { node: "ncn-w001", file: "kernel", at: Date.UTC(2026, 10, 25, 3, 8, 25) },
 * ]);
 * ```
 */
export function parseAccessLog(text: string): Fetch[] {
  return text.split("\n").flatMap((line) => {
    const [, day, month = "", year, hour, minute, second, zone, zoneMinutes, node = "", name] =
      LINE.exec(line) ?? [];
    const file = BOOT_FILES.find((file) => file === name);
    const monthIndex = MONTHS.indexOf(month) / 3;
    if (!file || !Number.isInteger(monthIndex) || monthIndex < 0) return [];
    const local = [Number(hour), Number(minute), Number(second)] as const;
    const at = Date.UTC(Number(year), monthIndex, Number(day), ...local);
    const offset = Number(`${zone}`) * 60 + Number(`${zone?.[0]}${zoneMinutes}`);
    return [{ node, file, at: at - offset * 60_000 }];
  });
}
