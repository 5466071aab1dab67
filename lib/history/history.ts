/**
 * What was changed, when and by whom.
 *
 * @module
 */

import type { Generation } from "../document/generation.ts";
import { Failure } from "../document/problems.ts";
import { isLocked } from "../io/lock.ts";
import type { Root } from "../io/root.ts";
import { readGenerations, readLastGenerations } from "./read_state.ts";

/**
 * Reads the history.
 *
 * @param root The file system.
 * @param state The state directory.
 * @param number One generation, or `null` for all of them.
 * @returns The oldest first, without the scripts that went away.
 * @throws {Failure} If there is none of that number, or one cannot be read.
 */
export function generationsOf(root: Root, state: string, number: number | null): Generation[] {
  const generations = readGenerations(root, state)
    .filter((generation) => number === null || generation.number === number)
    .map(({ scripts: _, ...generation }) => generation);
  if (number === null || generations.length > 0) return generations;
  throw new Failure("generation-missing", {
    message: `there is no generation ${number} in ${state}`,
    hint: "pitboot history lists them",
  });
}

/**
 * Finds the generation that is being made: it looks interrupted.
 *
 * @param root The file system.
 * @param state The state directory.
 * @returns Its number; `null` if there is none.
 * @throws {Failure} If a generation cannot be read.
 */
export async function generationAtWork(root: Root, state: string): Promise<number | null> {
  const last = readLastGenerations(root, state).at(-1);
  return last?.ended === null && await isLocked(root, `${state}/lock`) ? last.number : null;
}
