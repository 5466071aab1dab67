/**
 * Sentences and lists in lines, with a head before the first of them.
 *
 * @module
 */

import { breakLines, wrapList } from "./lines.ts";

/** With less room beside a head nobody can read. */
const LEAST_LIST_ROOM = 16;
const NARROW_INDENT = 4;

/** How to break lines. */
export interface HangingOptions {
  /** The most characters of a line, if no word is longer. */
  readonly width: number;
  /** Blanks before all lines but the first. By default as many as the head is long. */
  readonly indent?: number;
  /** Whether a word that has no line of its own is broken after its commas. */
  readonly breaksLists?: boolean;
}

/**
 * Writes words behind a head; those that do not fit stand below.
 *
 * @param head For instance `error: `.
 * @param words With blanks between them.
 * @param options How to break lines.
 *
 * @example
 * ```ts
 * import { hanging } from "./hanging.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hanging("error: ", "no such file or directory", { width: 24 }), [
 *   "error: no such file or",
 *   "       directory",
 * ]);
 * ```
 */
export function hanging(head: string, words: string, options: HangingOptions): string[] {
  const { width, indent = head.length, breaksLists = false } = options;
  const isNarrow = width - indent < LEAST_LIST_ROOM;
  const blank = " ".repeat(isNarrow ? NARROW_INDENT : indent);
  const above = isNarrow && head.trim() !== "" ? [head.trimEnd()] : [];
  const start = isNarrow ? blank : head;
  const room = width - blank.length;
  const parts = (word: string): string[] => breaksLists ? wrapList(word, room) : [word];
  const lines = breakLines(words.split(" ").flatMap(parts), {
    width: room,
    first: width - start.length,
    between: " ",
  });
  return [...above, ...lines.map((line, i) => (i === 0 ? start : blank) + line)];
}

/**
 * Writes a list behind a head; what does not fit stands below its beginning.
 *
 * @param head For instance `nodes: `.
 * @param list With commas between its items.
 * @param width The most characters of a line, if no item is longer.
 */
export function hangingList(head: string, list: string, width: number): string[] {
  const [first = "", ...rest] = wrapList(list, width - head.length);
  return [head + first, ...rest.map((line) => " ".repeat(head.length) + line)];
}
