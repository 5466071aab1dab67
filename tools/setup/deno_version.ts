/**
 * Which Deno it takes.
 *
 * @module
 */

import { compareVersions } from "../build/target.ts";

/** The oldest that all of this was tried with. */
export const OLDEST = "2.6.8";

/**
 * Tells why a Deno will not do.
 *
 * @param version For instance `2.4.4`.
 * @returns A sentence; `null` if it will do.
 */
export function whyNotDeno(version: string): string | null {
  if (compareVersions(version, OLDEST) >= 0) return null;
  return `pitboot needs Deno ${OLDEST} or newer, this is ${version}`;
}
