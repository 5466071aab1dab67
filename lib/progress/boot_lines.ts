/**
 * The lines of a log that tell of files which nodes fetch to boot, found fast: they may be
 * few among millions. Only they become text.
 *
 * @module
 */

import { bytesOfText } from "../text/byte_text.ts";
import { parseStamp } from "./boot_request.ts";

/** What stands behind the path of a request. */
const [SPACE, H, T, , P, SLASH] = bytesOfText(" HTTP/");
/** Four letters of it stand side by side: of each four bytes one is looked at. */
const STEP = 4;
/** By a byte: 1 if it is one of these letters, which are few elsewhere in a line. */
const IS_LETTER = new Uint8Array(256);
for (const letter of bytesOfText("HTP")) IS_LETTER[letter] = 1;
/** From the end of a path to that of the next are more bytes: an address, a time, a path. */
const LEAST_BETWEEN = 40;
const NEWLINE_BYTE = 0x0a;
/** The names of such files, by their ends: most other lines are left at that. */
const LAST_TWO = byLastTwo(["xe", "xz", "el", "fs", "mg", "fi"]);
const ENDS =
  /\/(?:script\.ipxe|initrd\.img\.xz|kernel|rootfs|filesystem\.squashfs|squashfs\.img|[\w.-]+\.efi)$/;
/** The longest of these names. */
const LONGEST_END = 64;
/** How many times of a block are looked at: neighbours are of one time, mostly. */
const SAMPLES = 4;
/** Where in a line its time stands. */
const STAMP_WITHIN = 400;

const logText = new TextDecoder();

/**
 * Finds the lines that may tell of such files: in them such a name stands before ` HTTP/`.
 *
 * @param bytes Whole lines.
 * @returns In their order; a byte that is no UTF-8 is U+FFFD.
 */
export function findBootLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = pathEnd(bytes, 0); at >= 0; at = pathEnd(bytes, at + LEAST_BETWEEN)) {
    const two = (bytes[at - 2] ?? 0) * 256 + (bytes[at - 1] ?? 0);
    if (LAST_TWO[two] === 0) continue;
    if (!ENDS.test(textBetween(bytes, Math.max(at - LONGEST_END, 0), at))) continue;
    const end = endOfLine(bytes, at);
    lines.push(textBetween(bytes, bytes.lastIndexOf(NEWLINE_BYTE, at) + 1, end).replace(/\r$/, ""));
    at = end;
  }
  return lines;
}

/** Where the next path ends; -1 if there is none. */
function pathEnd(bytes: Uint8Array, from: number): number {
  for (let at = from + STEP; at < bytes.length; at += STEP) {
    if (IS_LETTER[bytes[at] ?? 0] === 0) continue;
    for (let end = at - STEP; end < at; end++) if (isPathEnd(bytes, end)) return end;
  }
  return -1;
}

function isPathEnd(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === SPACE && bytes[at + 1] === H && bytes[at + 2] === T &&
    bytes[at + 3] === T && bytes[at + 4] === P && bytes[at + 5] === SLASH;
}

/** By two bytes, as one number: 1 if a name ends in them. */
function byLastTwo(ends: readonly string[]): Uint8Array {
  const table = new Uint8Array(256 * 256);
  for (const end of ends) table[end.charCodeAt(0) * 256 + end.charCodeAt(1)] = 1;
  return table;
}

/** What is known of the times of some lines, in milliseconds since the epoch. */
export interface TimeSpan {
  /** Of the first line; `null` if it has none. */
  readonly first: number | null;
  /** The newest; `null` if no line has any. */
  readonly newest: number | null;
}

/**
 * Looks at the times of some lines here and there. A log is not sorted: a long transfer
 * bears its start and comes at its end.
 *
 * @param bytes Whole lines.
 */
export function timeSpan(bytes: Uint8Array): TimeSpan {
  const times = Array.from({ length: SAMPLES }, (_, i) => {
    const from = Math.floor(i * bytes.length / SAMPLES);
    return stampIn(bytes, i === 0 ? 0 : endOfLine(bytes, from) + 1);
  });
  const last = stampIn(bytes, bytes.lastIndexOf(NEWLINE_BYTE, bytes.length - 2) + 1);
  const known = [...times, last].filter((time) => time !== null);
  return { first: times[0] ?? null, newest: known.length > 0 ? Math.max(...known) : null };
}

/** The time of the line that begins there. */
function stampIn(bytes: Uint8Array, begin: number): number | null {
  const line = textBetween(bytes, begin, Math.min(endOfLine(bytes, begin), begin + STAMP_WITHIN));
  const [, stamp = ""] = /\[([^\]]+)\]/.exec(line) ?? [];
  return parseStamp(stamp);
}

/**
 * A part of some bytes as text.
 *
 * @param bytes All of them.
 * @param begin Where it begins.
 * @param end Where it ends.
 */
export function textBetween(bytes: Uint8Array, begin: number, end: number): string {
  return logText.decode(bytes.subarray(begin, end));
}

function endOfLine(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(NEWLINE_BYTE, from);
  return end < 0 ? bytes.length : end;
}
