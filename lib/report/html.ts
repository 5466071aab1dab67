/**
 * HTML in which nothing is obeyed that somebody else has written: whatever is put into
 * it is escaped, but for what was made here.
 *
 * @module
 */

import { printable } from "../text/printable.ts";

/** HTML that {@linkcode markup} has made. */
export class Html {
  /** @param text As it is written. */
  constructor(readonly text: string) {}
}

/** What can stand in HTML: text, a number, or HTML. */
export type HtmlPart = string | number | Html | readonly Html[];

/** The most characters of one foreign text. */
const MOST_CHARACTERS = 2000;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Makes HTML of a template. (One that is called html is laid out anew by deno fmt, with
 * blanks that a browser shows.)
 *
 * @param parts What stands between: HTML as it is, all else escaped and printable. Fit for
 * the content of elements, and for values of attributes in double quotes.
 *
 * @example
 * ```ts
 * import { markup } from "./html.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(markup`<b title="${'"'}">${"<i>"}</b>`.text, '<b title="&quot;">&lt;i&gt;</b>');
 * ```
 */
export function markup(template: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const [first = "", ...rest] = template.map((text) => text.replace(INDENT, "\n"));
  return new Html(first + rest.map((text, i) => htmlOf(parts[i] ?? "") + text).join(""));
}

/** Ours is of no use to the reader. */
const INDENT = /\n\s+/g;

function htmlOf(part: HtmlPart): string {
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return printable(String(part), MOST_CHARACTERS)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
