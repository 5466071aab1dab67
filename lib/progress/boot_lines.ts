/**
 * The lines of a log that tell of files which nodes fetch to boot, found fast: they may be
 * few among millions. Only they become text.
 *
 * @module
 */

import { parseStamp } from "./boot_request.ts";

/** What stands behind the path of a request. */
const BEHIND_PATH = " HTTP/";
/** From it to that of the next line are more bytes: an address, a time, a path. */
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

/** How far a search may go on from each byte at the end of its window (Horspool). */
const STEPS = Uint8Array.from(
  { length: 256 },
  (_, byte) => BEHIND_PATH.length - 1 - BEHIND_PATH.lastIndexOf(String.fromCharCode(byte)),
);
const LETTERS = Uint8Array.from(BEHIND_PATH, (letter) => letter.charCodeAt(0));

/** Where the next path ends; -1 if there is none. */
function pathEnd(bytes: Uint8Array, from: number): number {
  const last = LETTERS.length - 1;
  for (let at = from + last; at < bytes.length;) {
    const step = STEPS[bytes[at] ?? 0] ?? 1;
    if (step > 0) at += step;
    else if (isPathEnd(bytes, at - last)) return at - last;
    else at += last;
  }
  return -1;
}

function isPathEnd(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < LETTERS.length; i++) {
    if (bytes[at + i] !== LETTERS[i]) return false;
  }
  return true;
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
