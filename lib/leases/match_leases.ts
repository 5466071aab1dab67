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
  /** Older leases, valid as yet, of BMCs that have one in `leases`, too. */
  readonly older: readonly BmcLease[];
}

/** A text by which a lease and its BMC know each other; `null` belongs to none. */
type Rule = readonly [ofLease: (lease: Lease) => string | null, ofBmc: (bmc: StaticBmc) => string];

/**
 * Matches leases to BMCs: all of them by MAC, then those that are left by
 * address, then by name. A lease counts for one BMC, and one whose MAC
 * statics.conf gives to a machine counts for that machine alone. Leases that
 * have expired do not count.
 *
 * @param expected The BMCs that should have one.
 * @param leases What dnsmasq wrote.
 * @param options `now`: seconds since the epoch; `known`: MACs and whose they
 * are, also of machines that are not expected (nodes, the PIT's BMC).
 * @returns Who has a lease, who has none, and the leases of strangers.
 *
 * @example
 * ```ts
 * import { matchLeases } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * const mac = "b4:2e:99:0b:0d:04";
 * const bmc = { name: "ncn-w001-mgmt", node: "ncn-w001", mac, ip: "10.254.1.6", line: 1 };
 * const lease = { expires: null, mac, ip: "10.254.1.99", hostname: null };
 * const { missing } = matchLeases([bmc], [lease], { now: 0, known: new Map() });
 * assertEquals(missing, []);
 * ```
 */
export function matchLeases(
  expected: readonly StaticBmc[],
  leases: readonly Lease[],
  { now, known }: { now: number; known: ReadonlyMap<string, string> },
): LeaseMatch {
  const valid = leases.filter(({ expires }) => expires === null || expires > now);
  const owners = ownersOf(expected, known);
  const found = findLeases(expected, byEnd(valid), owners);
  const taken = new Set(found.values());
  const left = valid.filter((lease) => !taken.has(lease));
  return {
    leases: asBmcLeases([...found]),
    missing: expected.map(({ name }) => name).filter((name) => !found.has(name)).sort(),
    unexpected: left.filter(({ mac }) => !owners.has(mac)),
    older: asBmcLeases(left.flatMap((lease) => {
      const bmc = owners.get(lease.mac);
      return bmc !== undefined && found.get(bmc)?.mac === lease.mac ? [[bmc, lease] as const] : [];
    })),
  };
}

/**
 * Whoever asks under another client id gets another lease, and renews no longer the one
 * before. Which line stands first says nothing: each start of dnsmasq turns their order.
 *
 * @returns The one that ends last comes last, as it counts then.
 */
function byEnd(leases: readonly Lease[]): Lease[] {
  const endOf = ({ expires }: Lease): number => expires ?? Number.MAX_VALUE;
  return leases.toReversed().sort((a, b) => endOf(a) - endOf(b));
}

function asBmcLeases(leases: readonly (readonly [bmc: string, lease: Lease])[]): BmcLease[] {
  return leases.map(([bmc, { mac, ip, expires }]) => ({ bmc, mac, ip, expires }))
    .sort((a, b) => a.bmc < b.bmc ? -1 : 1);
}

function ownersOf(
  expected: readonly StaticBmc[],
  known: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([
    ...known,
    ...expected.flatMap(({ mac, name }) => mac === null ? [] : [[mac, name] as const]),
  ]);
}

/** The leases of BMCs, by the names of these. */
function findLeases(
  expected: readonly StaticBmc[],
  leases: readonly Lease[],
  owners: ReadonlyMap<string, string>,
): ReadonlyMap<string, Lease> {
  // A MAC that statics.conf knows is that machine, whatever address or name it
  // got: only one that nobody wrote down can be the new board of a BMC.
  const ofStranger = ({ mac }: Lease, text: string | null): string | null =>
    owners.has(mac) ? null : text;
  const rules: readonly Rule[] = [
    [({ mac }) => owners.get(mac) ?? null, ({ name }) => name],
    [(lease) => ofStranger(lease, lease.ip), ({ ip }) => ip ?? ""],
    [(lease) => ofStranger(lease, lease.hostname?.toLowerCase() ?? null), ({ name }) => name],
  ];
  const found = new Map<string, Lease>();
  const taken = new Set<Lease>();
  for (const [ofLease, ofBmc] of rules) {
    const left = leases.filter((lease) => !taken.has(lease));
    const byText = new Map(left.map((lease) => [ofLease(lease), lease]));
    for (const bmc of expected) {
      const lease = byText.get(ofBmc(bmc));
      if (!lease || taken.has(lease) || found.has(bmc.name)) continue;
      found.set(bmc.name, lease);
      taken.add(lease);
    }
  }
  return found;
}
