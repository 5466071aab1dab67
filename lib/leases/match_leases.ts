/**
 * Which of the expected BMCs have a lease.
 *
 * @module
 */

import type { BmcLease } from "../document/document.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import type { Lease } from "./leases.ts";

/** What the leases file says of the BMCs. */
export interface LeaseMatch {
  /** The BMCs that have a lease, sorted by name. */
  readonly leases: readonly BmcLease[];
  /** The names of those that have none, sorted. */
  readonly missing: readonly string[];
  /** Valid leases of machines that statics.conf does not know. */
  readonly unexpected: readonly Lease[];
}

/**
 * Matches leases to BMCs: by MAC, else by address, else by name. Leases that
 * have expired do not count.
 *
 * @param expected The BMCs that should have one.
 * @param leases What dnsmasq wrote.
 * @param options `now`: seconds since the epoch; `known`: MACs of machines
 * that may have a lease, too (nodes, the PIT's BMC).
 */
export function matchLeases(
  expected: readonly StaticBmc[],
  leases: readonly Lease[],
  { now, known }: { now: number; known: ReadonlyMap<string, string> },
): LeaseMatch {
  const valid = leases.filter(({ expires }) => expires === null || expires > now);
  const byMac = new Map(valid.map((lease) => [lease.mac, lease]));
  const byIp = new Map(valid.map((lease) => [lease.ip, lease]));
  const byName = new Map(valid.map((lease) => [lease.hostname?.toLowerCase(), lease]));
  const found: BmcLease[] = [];
  const missing: string[] = [];
  const taken = new Set<Lease>();
  for (const { name, mac, ip } of expected) {
    const lease = byMac.get(mac ?? "") ?? byIp.get(ip ?? "") ??
      byName.get(name);
    if (lease) {
      taken.add(lease);
      found.push({ bmc: name, mac: lease.mac, ip: lease.ip, expires: lease.expires });
    } else missing.push(name);
  }
  return {
    leases: found.sort((a, b) => a.bmc < b.bmc ? -1 : 1),
    missing: missing.sort(),
    unexpected: valid.filter((lease) => !taken.has(lease) && !known.has(lease.mac)),
  };
}
