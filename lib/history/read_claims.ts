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
 * @throws If they cannot be listed.
 */
export function readClaimFiles(root: Root, state: string): ClaimFile[] {
  return (ifThere(() => root.list(state)) ?? []).flatMap(({ name }) => {
    const number = Number(/^claim-([1-9]\d*)\.json$/.exec(name)?.[1] ?? 0);
    if (number === 0) return [];
    const path = claimPath(state, number);
    const text = textIfLocked(root, path);
    return [{ number, path, claim: text === null ? null : parseClaim(text) }];
  }).sort((a, b) => a.number - b.number);
}

/**
 * Reads what commands that are running work on.
 *
 * @param root The file system.
 * @param state The state directory.
 * @returns The oldest first; nothing where that cannot be read, as by other users.
 */
export function livingClaims(root: Root, state: string): Claim[] {
  try {
    return readClaimFiles(root, state).flatMap(({ claim }) => claim ?? []);
  } catch {
    return [];
  }
}
