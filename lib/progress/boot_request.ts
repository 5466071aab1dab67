/**
 * A line of a web server's log that tells of a file which nodes fetch to boot.
 *
 * Formats: Apache's common and combined one, with `%b` (SUSE) or `%O` (Debian) as bytes,
 * perhaps with the virtual host before or `%O %X` behind it; nginx' combined one. Apache
 * stamps a line with the start of the request, nginx with its end; both write it at the end.
 *
 * @module
 */

/** A kind of file that nodes fetch to boot, in the order in which they do. */
export type BootFile = "loader" | "script" | "initrd" | "kernel" | "rootfs";

/** A request for such a file, as it was logged. */
export interface BootRequest {
  /** Of the client; that of IPv4 also where the server listens on IPv6. */
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The moment that `at` is: when it was asked for, or when it was answered. */
  readonly stamp: "start" | "end";
  readonly method: string;
  /** As sent. */
  readonly path: string;
  /** The first directory of the path, for instance `ncn-w001`; `null` if there is none. */
  readonly node: string | null;
  readonly file: BootFile;
  readonly status: number;
  /** As logged: the length of the file (Apache's `%b`) or what was sent; `null` for `-`. */
  readonly bytes: number | null;
  /** What was sent, with its header, where the log tells (`%O`). */
  readonly sent: number | null;
  /** Whether all of it was sent. SUSE's format does not tell. */
  readonly transfer: "whole" | "broken" | "unknown";
  /** What the client calls itself, for instance `iPXE/1.21.1`; `null` in the common format. */
  readonly agent: string | null;
}

/** A web server, by what its log means. */
export type WebServer = "apache" | "nginx";

/** What is so much later than now, in milliseconds, is of the future: clocks differ by less. */
export const FUTURE_MS = 60_000;

/** What the web server sends before a file, in bytes: about. */
export const HEADER_BYTES = 213;

/** Files by the names that nodes ask for; older initrds have the last two as root filesystem. */
const BOOT_FILE_NAMES: ReadonlyMap<string, BootFile> = new Map([
  ["script.ipxe", "script"],
  ["initrd.img.xz", "initrd"],
  ["kernel", "kernel"],
  ["rootfs", "rootfs"],
  ["filesystem.squashfs", "rootfs"],
  ["squashfs.img", "rootfs"],
]);

/** The directory of what is handed to machines that nobody knows by name. */
const BOOT = "boot";
const IS_LOADER = /^[\w.-]+\.efi$/;

const REQUEST =
  /^(?:[\w.-]+:\d+ )?(\S+) [^"]*\[([^\][]{20,40})\] "([A-Z]+) (\S+) HTTP\/[\d.]+" (\d{3}) (\d+|-)(?: "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)")?(?: (.*))?$/;
const STAMP = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/;
const MONTH_NAMES = "JanFebMarAprMayJunJulAugSepOctNovDec";

/**
 * Reads a line.
 *
 * @param line Without its end.
 * @param server Whose log it is.
 * @returns `null` if it is of another format, or tells of another file.
 *
 * @example
 * ```ts
 * import { parseBootRequest } from "./boot_request.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const line = '10.1.1.20 - - [25/Nov/2026:03:08:25 +0000] "GET //ncn-w001/kernel HTTP/1.1" 200 9';
 * const { node, file, at } = parseBootRequest(line, "apache") ?? {};
 * assertEquals([node, file, at], ["ncn-w001", "kernel", Date.UTC(2026, 10, 25, 3, 8, 25)]);
 * ```
 */
export function parseBootRequest(line: string, server: WebServer): BootRequest | null {
  const [, client = "", stamp = "", method = "", path = "", status, bytes, agent, tail = ""] =
    REQUEST.exec(line) ?? [];
  const at = parseStamp(stamp);
  const named = at === null ? null : bootFileOf(path);
  if (at === null || !named) return null;
  const [, sent, connection] = /(?:^|\s)(\d+) ([X+-])$/.exec(tail) ?? [];
  return {
    address: client.replace(/^::ffff:(?=\d+\.)/i, ""),
    at,
    stamp: server === "nginx" ? "end" : "start",
    method,
    path,
    node: named.node,
    file: named.file,
    status: Number(status),
    bytes: bytes === "-" ? null : Number(bytes),
    sent: sent === undefined ? null : Number(sent),
    transfer: connection === undefined ? "unknown" : connection === "X" ? "broken" : "whole",
    agent: agent ?? null,
  };
}

/**
 * Tells whether a line is of a known format, whatever was asked for.
 *
 * @param line Without its end.
 */
export function isLogLine(line: string): boolean {
  return parseStamp(REQUEST.exec(line)?.[2] ?? "") !== null;
}

/**
 * Reads the time of a line.
 *
 * @param stamp For instance `25/Nov/2026:03:08:25 +0000`.
 * @returns Milliseconds since the epoch; `null` if it is something else.
 */
export function parseStamp(stamp: string): number | null {
  const [, day, name = "-", year, hour, minute, second, sign, hours, minutes] = STAMP.exec(stamp) ??
    [];
  const month = MONTH_NAMES.indexOf(name) / 3;
  if (!Number.isInteger(month) || month < 0) return null;
  const date = [Number(year), month, Number(day)] as const;
  const local = Date.UTC(...date, Number(hour), Number(minute), Number(second));
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? local + offset : local - offset;
}

/** Which file of which node a path means; the server takes `//` and `%2d` as what they mean. */
function bootFileOf(path: string): { node: string | null; file: BootFile } | null {
  const parts = decodedPath(path.replace(/[?#].*$/, "")).split("/")
    .filter((part) => part !== "" && part !== ".");
  const name = parts.pop() ?? "";
  const file = BOOT_FILE_NAMES.get(name) ?? (IS_LOADER.test(name) ? "loader" : undefined);
  const [directory = null] = parts;
  if (file === undefined || parts.length > 1) return null;
  if (file === "loader" && directory !== BOOT) return null;
  return { node: directory === BOOT ? null : directory, file };
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // not UTF-8, and no name of ours
  }
}
