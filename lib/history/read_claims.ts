/**
 * Finds out which commands are running.
 *
 * @module
 */

import { ifThere } from "../io/failures.ts";
import { textIfLocked } from "../io/lock.ts";
import type { Root } from "../io/root.ts";
import { type Claim, parseClaim } from "./claim.ts";
import { claimPath } from "./state_paths.ts";

/** A file of a claim. */
export interface ClaimFile {
  readonly number: number;
  readonly path: string;
  /** `null` if its command has ended. */
  readonly claim: Claim | null;
}

/**
 * Reads all files of claims.
 *
 * @param root The file system.
 * @param state The state directory.
 * @param own The number of the reader's own, which is left out.
 * @throws If they cannot be listed.
 */
export async function readClaimFiles(
  root: Root,
  state: string,
  own = 0,
): Promise<ClaimFile[]> {
  const numbers = (ifThere(() => root.list(state)) ?? [])
    .flatMap(({ name }) => Number(/^claim-([1-9]\d*)\.json$/.exec(name)?.[1] ?? 0) || [])
    .filter((number) => number !== own)
    .sort((a, b) => a - b);
  return await Promise.all(numbers.map(async (number) => {
    const path = claimPath(state, number);
    const text = await textIfLocked(root, path);
    return { number, path, claim: text === null ? null : parseClaim(text) };
  }));
}

/**
 * Reads what commands that are running work on.
 *
 * @param root The file system.
 * @param state The state directory.
 * @returns The oldest first; nothing where that cannot be read, as by other users.
 */
export async function livingClaims(root: Root, state: string): Promise<Claim[]> {
  try {
    return (await readClaimFiles(root, state)).flatMap(({ claim }) => claim ?? []);
  } catch {
    return [];
  }
}
