/**
 * What has changed between two looks at the leases.
 *
 * @module
 */

import type { Event } from "../command/event.ts";
import { nodeOf } from "../text/host_name.ts";
import type { Sight } from "./read_leases.ts";

/**
 * Finds out what to say of a look at the leases.
 *
 * @param before The look before it; `null` if it is the first.
 * @param now What is seen.
 * @param leases The file of the leases.
 * @returns Nothing if all is as before.
 */
export function leaseChanges(before: Sight | null, now: Sight, leases: string): Event[] {
  const counts = {
    leased: now.leases.length,
    expected: now.leases.length + now.missing.length,
  };
  const hadNone = before !== null && before.leases.length === 0;
  const isGone = now.leases.length === 0 && !hadNone && before !== null;
  // One sentence in place of one for each BMC.
  if (isGone || (!now.isThere && before?.isThere !== false)) {
    return [{ what: "leases-gone", leases, isThere: now.isThere }];
  }
  if (!before) return [];
  const had = new Set(before.leases.map(({ bmc }) => bmc));
  const has = new Set(now.leases.map(({ bmc }) => bmc));
  const came = now.leases.filter(({ bmc }) => !had.has(bmc));
  const went = [...had].filter((bmc) => !has.has(bmc));
  return [
    ...came.map(({ bmc, ip }) =>
      ({ what: "lease", node: nodeOf(bmc) ?? bmc, ip, ...counts }) as const
    ),
    ...went.map((bmc) => ({ what: "lease-ended", node: nodeOf(bmc) ?? bmc, ...counts }) as const),
  ];
}
