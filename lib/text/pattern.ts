/**
 * Patterns of names.
 *
 * @module
 */

/**
 * Tells whether a name fits a pattern, in a time that does not grow with the
 * number of its stars.
 *
 * @param name Any text.
 * @param pattern In it `*` stands for any text, `?` for one character, and all
 * else for itself.
 *
 * @example
 * ```ts
 * import { fitsPattern } from "./pattern.ts";
 * import { assert } from "@std/assert";
 *
 * assert(fitsPattern("ncn-w001", "ncn-w*"));
 * assert(!fitsPattern("ncn-m001", "ncn-w*"));
 * ```
 */
export function fitsPattern(name: string, pattern: string): boolean {
  const parts = pattern.split("*");
  const head = parts.shift() ?? "";
  const tail = parts.pop();
  if (tail === undefined) return name.length === head.length && fitsAt(name, 0, head);
  if (!fitsAt(name, 0, head)) return false;
  let at = head.length;
  // The first place is as good as any later one: a star takes what is left.
  for (const part of parts) {
    while (!fitsAt(name, at, part)) {
      if (at >= name.length) return false;
      at++;
    }
    at += part.length;
  }
  const end = name.length - tail.length;
  return at <= end && fitsAt(name, end, tail);
}

/** Tells whether a text is one of those that fit a pattern. */
export function isPattern(text: string): boolean {
  return /[*?]/.test(text);
}

function fitsAt(name: string, at: number, part: string): boolean {
  if (!part.includes("?")) return name.startsWith(part, at);
  return at + part.length <= name.length &&
    [...part].every((character, i) => character === "?" || character === name[at + i]);
}
