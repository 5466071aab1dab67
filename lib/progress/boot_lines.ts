/**
 * The lines of a log that tell of files which nodes fetch to boot, found fast: they may be
 * few among millions.
 *
 * @module
 */

import { parseStamp } from "./boot_request.ts";

/** Its first letter is rare: what begins with a blank is found more slowly. */
const HTTP_VERSION = "HTTP/";
/** The letters in which such a name ends: most other lines are left at that. */
const LAST_LETTERS = new Set([..."lsezgi"].map((letter) => letter.charCodeAt(0)));
const ENDS =
  /\/(?:script\.ipxe|initrd\.img\.xz|kernel|rootfs|filesystem\.squashfs|squashfs\.img|[\w.-]+\.efi) $/;
/** The longest of these names. */
const LONGEST_END = 64;
/** How many times of a block are looked at: neighbours are of one time, mostly. */
const SAMPLES = 16;
/** Where in a line its time stands. */
const STAMP_WITHIN = 400;

/**
 * Finds the lines that may tell of such files: in them such a name stands before ` HTTP/`.
 *
 * @param text Whole lines.
 * @returns In their order.
 */
export function findBootLines(text: string): string[] {
  const lines: string[] = [];
  for (let at = text.indexOf(HTTP_VERSION); at >= 0; at = text.indexOf(HTTP_VERSION, at + 1)) {
    if (!LAST_LETTERS.has(text.charCodeAt(at - 2))) continue;
    if (!ENDS.test(text.slice(Math.max(at - LONGEST_END, 0), at))) continue;
    const end = endOfLine(text, at);
    lines.push(copied(text.slice(text.lastIndexOf("\n", at) + 1, end)).replace(/\r$/, ""));
    at = end;
  }
  return lines;
}

/** A copy of a text: a part of one keeps all of it in memory. */
function copied(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
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
 * @param text Whole lines.
 */
export function timeSpan(text: string): TimeSpan {
  const times = Array.from({ length: SAMPLES }, (_, i) => {
    const from = Math.floor(i * text.length / SAMPLES);
    return stampIn(text, i === 0 ? 0 : endOfLine(text, from) + 1);
  });
  const last = stampIn(text, text.lastIndexOf("\n", text.length - 2) + 1);
  const known = [...times, last].filter((time) => time !== null);
  return { first: times[0] ?? null, newest: known.length > 0 ? Math.max(...known) : null };
}

/** The time of the line that begins there. */
function stampIn(text: string, begin: number): number | null {
  const line = text.slice(begin, Math.min(endOfLine(text, begin), begin + STAMP_WITHIN));
  const [, stamp = ""] = /\[([^\]]+)\]/.exec(line) ?? [];
  return parseStamp(stamp);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
