/**
 * Tells what became of leases from one look to the next.
 *
 * @module
 */

import type { BmcLease } from "../document/document.ts";
import type { Event } from "../document/event.ts";
import { nodeOf } from "../text/host_name.ts";
import type { LeaseMatch } from "./match_leases.ts";

/** What was seen of the leases at one look. */
export interface Sight extends LeaseMatch {
  /** Whether there was a file of leases. */
  readonly isThere: boolean;
}

/**
 * Takes the leases that nobody was handed yet: each BMC's counts once, however often
 * it comes back.
 *
 * @param leases Those that were seen.
 * @param handed The BMCs whose leases were handed on; those of the new ones are added.
 */
export function newLeases(leases: readonly BmcLease[], handed: Set<string>): BmcLease[] {
  const fresh = leases.filter(({ bmc }) => !handed.has(bmc));
  for (const { bmc } of fresh) handed.add(bmc);
  return fresh;
}

/**
 * Tells what became of leases from one look to the next.
 *
 * @param before What was seen before; `null` at the first look, whose leases came
 * before the wait.
 * @param now What is seen.
 * @param leases The file of the leases.
 * @returns The leases that came and those that ended; where all of several have ended,
 * or the file is gone, one event for them all.
 */
export function changedLeases(before: Sight | null, now: Sight, leases: string): Event[] {
  const had = new Set(before?.leases.map(({ bmc }) => bmc));
  const has = new Set(now.leases.map(({ bmc }) => bmc));
  const count = { leased: has.size, expected: has.size + now.missing.length };
  if (!now.isThere) {
    return before?.isThere === false ? [] : [{ what: "leases-gone", leases, isThere: false }];
  }
  if (had.size > 1 && has.size === 0) return [{ what: "leases-gone", leases, isThere: true }];
  const came = before === null ? [] : now.leases.filter(({ bmc }) => !had.has(bmc));
  const ended = [...had].filter((bmc) => !has.has(bmc));
  return [
    ...came.map(({ bmc, ip }) =>
      ({ what: "lease", node: nodeOf(bmc) ?? bmc, ip, ...count }) as const
    ),
    ...ended.map((bmc) => ({ what: "lease-ended", node: nodeOf(bmc) ?? bmc, ...count }) as const),
  ];
}
