/**
 * What is different in two texts, by line.
 *
 * @module
 */

/** More lines than this are not compared one by one. */
const MOST_LINES = 500;

/**
 * Lists the lines that go and those that come, each where it is.
 *
 * @param before A text.
 * @param after Another one.
 * @returns Lines that begin with `-` or `+`; those that both have are left out.
 *
 * @example
 * ```ts
 * import { diffLines } from "./diff.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(diffLines("a\nb\nc\n", "a\nB\nc\n"), ["-b", "+B"]);
 * ```
 */
export function diffLines(before: string, after: string): string[] {
  const [old, young] = [before.split("\n"), after.split("\n")];
  const isSame = (i: number, j: number): boolean => i < old.length && old[i] === young[j];
  let start = 0;
  while (isSame(start, start)) start++;
  let end = 0;
  const most = Math.min(old.length, young.length) - start;
  while (end < most && isSame(old.length - 1 - end, young.length - 1 - end)) end++;
  return between(old.slice(start, old.length - end), young.slice(start, young.length - end));
}

/** All of it, but for the longest list of lines that both have in their order. */
function between(old: readonly string[], young: readonly string[]): string[] {
  const shared = old.length + young.length > MOST_LINES ? [] : sharedLines(old, young);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  for (const [oldPlace, youngPlace] of [...shared, [old.length, young.length] as const]) {
    lines.push(...old.slice(i, oldPlace).map((line) => `-${line}`));
    lines.push(...young.slice(j, youngPlace).map((line) => `+${line}`));
    [i, j] = [oldPlace + 1, youngPlace + 1];
  }
  return lines;
}

/** Where the lines stand that both have, in both. */
function sharedLines(
  old: readonly string[],
  young: readonly string[],
): (readonly [oldPlace: number, youngPlace: number])[] {
  // How many lines what is left of both has in common, from each pair of places on.
  const counts = Array.from({ length: old.length + 1 }, () => new Uint16Array(young.length + 1));
  const at = (i: number, j: number): number => counts[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = young.length - 1; j >= 0; j--) {
      const count = old[i] === young[j]
        ? at(i + 1, j + 1) + 1
        : Math.max(at(i + 1, j), at(i, j + 1));
      counts[i]?.fill(count, j, j + 1);
    }
  }
  const shared: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < old.length && j < young.length;) {
    if (old[i] === young[j]) shared.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return shared;
}
