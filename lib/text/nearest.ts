/**
 * Guesses what somebody meant to type.
 *
 * @module
 */

/**
 * Finds the word that is nearest to another.
 *
 * @param word What was typed.
 * @param words What could have been meant.
 * @returns The nearest word, or `null` if none is near enough to be a guess.
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(nearest("dryrun", ["dry-run", "root"]), "dry-run");
 * assertEquals(nearest("x", ["dry-run", "root"]), null);
 * ```
 */
export function nearest(word: string, words: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.floor(Math.max(word.length, 3) / 2);
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least || (distance === least && best === null)) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/**
 * Asks what somebody may have meant, as the end of a message.
 *
 * @param word What was typed.
 * @param words What could have been meant.
 * @returns For instance `; did you mean set-links?`; empty if nothing is near.
 */
export function didYouMean(word: string, words: Iterable<string>): string {
  const guess = nearest(word, words);
  return guess === null ? "" : `; did you mean ${guess}?`;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, ca] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, cb] of [...b].entries()) {
      next.push(
        Math.min((row[j] ?? 0) + (ca === cb ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
      );
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
