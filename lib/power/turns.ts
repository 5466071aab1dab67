/**
 * The turns of nodes that start, so that not all of them draw their current at once.
 *
 * @module
 */

/**
 * Deals out turns.
 *
 * @param stagger The seconds between two of them.
 * @param elapsed Milliseconds since some moment.
 * @returns Takes the next turn: how many milliseconds it is until then.
 *
 * @example
 * ```ts
 * import { turns } from "./turns.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const takeTurn = turns(2, () => 0);
 * assertEquals([takeTurn(), takeTurn(), takeTurn()], [0, 2000, 4000]);
 * ```
 */
export function turns(stagger: number, elapsed: () => number): () => number {
  let next = 0;
  return () => {
    const now = elapsed();
    const turn = Math.max(now, next);
    next = turn + stagger * 1000;
    return turn - now;
  };
}
