/**
 * Tells what became of leases from one look to the next.
 *
 * @module
 */

import type { Event } from "../document/event.ts";
import { nodeOf } from "../text/host_name.ts";
import type { LeaseMatch } from "./match_leases.ts";

/** What was seen of the leases at one look. */
export interface Sight extends LeaseMatch {
  /** Whether there was a file of leases. */
  readonly isThere: boolean;
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
