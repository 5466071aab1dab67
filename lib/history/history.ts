/**
 * What was changed, when and by whom.
 *
 * @module
 */

import type { Generation } from "../document/generation.ts";
import { Failure } from "../document/problems.ts";
import type { Root } from "../io/root.ts";
import type { Claim } from "./claim.ts";
import { livingClaims } from "./read_claims.ts";
import { readGeneration, readGenerations } from "./read_state.ts";

/** The history, and who is adding to it. */
export interface History {
  /** The oldest first, without the scripts that went away. */
  readonly generations: readonly Generation[];
  /** The commands that are running. */
  readonly running: readonly Claim[];
}

/**
 * Reads the history.
 *
 * @param root The file system.
 * @param state The state directory.
 * @param number One generation, or `null` for all of them.
 * @throws {Failure} If there is none of that number, or one cannot be read.
 */
export async function readHistory(
  root: Root,
  state: string,
  number: number | null,
): Promise<History> {
  const seen = readGenerations(root, state)
    .filter((generation) => number === null || generation.number === number);
  if (number !== null && seen.length === 0) {
    throw new Failure("generation-missing", {
      message: `there is no generation ${number} in ${state}`,
      hint: (typed) => `${typed.command("history")} lists them`,
    });
  }
  // Who makes one claims it before, and ends it before the claim: this order tells one that
  // has ended meanwhile from one that was interrupted.
  const running = await livingClaims(root, state);
  const generations = seen.map((each) =>
    each.ended === null ? readGeneration(root, state, each.number) ?? each : each
  ).map(({ scripts: _, ...generation }) => generation);
  return { generations, running };
}

/** The numbers of the generations that are being made. */
export function runningGenerations(running: readonly Claim[]): ReadonlySet<number> {
  return new Set(running.flatMap(({ generations }) => generations));
}
