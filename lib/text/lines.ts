/**
 * Lines that are no wider than they may be.
 *
 * @module
 */

/** How to break lines. */
export interface LineOptions {
  /** The most characters of a line, if no part is longer. */
  readonly width: number;
  /** The most characters of the first line. @default {width} */
  readonly first?: number;
  /** What stands between two parts in a line. @default {""} */
  readonly between?: string;
}

/**
 * Fills lines with parts, as many in each as fit.
 *
 * @param parts What is never broken.
 * @param options How to break lines.
 *
 * @example
 * ```ts
 * import { breakLines } from "./lines.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { width: 12, between: " " };
 * assertEquals(breakLines(["no", "such", "file", "or"], options), ["no such file", "or"]);
 * ```
 */
export function breakLines(
  parts: readonly string[],
  { width, first = width, between = "" }: LineOptions,
): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1)}${between}${part}`;
    const room = lines.length === 1 ? first : width;
    if (lines.length > 0 && longer.length <= room) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

/** Breaks a paragraph between its words. */
export function wrap(words: string, width: number): string[] {
  return breakLines(words.split(/\s+/), { width, between: " " });
}

/** Breaks a text, for instance a list of nodes, after commas and arrows. */
export function wrapList(text: string, width: number): string[] {
  return breakLines(listParts(text), { width });
}

/** The parts of a text that {@linkcode wrapList} does not break. */
export function listParts(text: string): string[] {
  return text.split(/(?<=,|→ )/);
}

/** Marks lines so that a shell puts them together again: `mark` ends in a backslash. */
export function continued(lines: readonly string[], mark: string): string[] {
  return lines.map((line, i) => i < lines.length - 1 ? line + mark : line);
}

/** Cuts a line to `width` characters. */
export function clip(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, Math.max(width - 1, 0))}…` : line;
}
