/**
 * Makes foreign text safe to print.
 *
 * @module
 */

/**
 * Shows text that somebody else chose (a DHCP client, a file): control
 * characters as `\xNN`, so that no escape sequence reaches the terminal, and
 * no more than `limit` characters of it.
 *
 * @param text Any text.
 * @param limit The most characters of it to keep.
 * @returns One printable line.
 *
 * @example
 * ```ts
 * import { printable } from "./printable.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(printable("a\x1b[31m"), "a\\x1b[31m");
 * assertEquals(printable("abcdef", 3), "abc…");
 * ```
 */
export function printable(text: string, limit = 80): string {
  return clipped(text, limit).replace(OBEYED, (c) => {
    const code = c.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : escaped(c);
  });
}

/**
 * Makes JSON safe to show on a terminal. It stays the same JSON.
 *
 * @param json As `JSON.stringify()` makes it: it has escaped some already.
 *
 * @example
 * ```ts
 * import { printableJson } from "./printable.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(printableJson('{"a": "\u202e"}'), '{"a": "\\u202e"}');
 * ```
 */
export function printableJson(json: string): string {
  // Line ends are not in its texts but between its lines.
  return json.replace(OBEYED, (c) => c === "\n" ? c : escaped(c));
}

/** Controls of the terminal, line ends of Unicode, and bidirectional text controls. */
const OBEYED =
  // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function escaped(c: string): string {
  return `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function clipped(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // By code points: half of a pair is no text. And only those that matter of a long one.
  const characters = [...text.slice(0, 2 * (limit + 1))];
  return characters.length > limit ? `${characters.slice(0, limit).join("")}…` : text;
}
