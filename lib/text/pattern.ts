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
 * @param pattern In it `*` stands for any text, and all else for itself.
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
  if (tail === undefined) return name === head;
  if (!name.startsWith(head)) return false;
  let at = head.length;
  // The first place is as good as any later one: a star takes what is left.
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - tail.length && name.endsWith(tail);
}
