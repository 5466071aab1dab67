/**
 * When machines last asked for an address: the lease tells when it ends, and so when it began.
 *
 * @module
 */

import type { Lease } from "../leases/leases.ts";
import type { Statics } from "../nodes/statics.ts";
import { hostOf } from "../text/host_name.ts";

/** A machine that asked for an address. */
export interface DhcpSign {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly mac: string;
  readonly ip: string;
}

/** Who asked for an address. */
export interface DhcpSigns {
  /** By node: its own ports, not its BMC. */
  readonly nodes: ReadonlyMap<string, DhcpSign>;
  /** Machines that statics.conf does not know. */
  readonly strangers: readonly DhcpSign[];
}

/** What csi writes for the machines that it knows, and for others, in seconds. */
const KNOWN_SECONDS = 20 * 60;
const STRANGER_SECONDS = 10 * 60;

/**
 * Finds when nodes last asked. A node has one line for all of its networks, as a rule, and
 * each answer replaces it.
 *
 * @param leases What dnsmasq wrote.
 * @param statics Whose each MAC is, and for how long hosts get an address.
 * @param now Milliseconds since the epoch; nobody asked later.
 */
export function dhcpSigns(
  leases: readonly Lease[],
  { macs, bmcs, leaseSeconds }: Pick<Statics, "macs" | "bmcs" | "leaseSeconds">,
  now: number,
): DhcpSigns {
  const names = new Set(bmcs.flatMap(({ name, node }) => [name, node]));
  const nodes = new Map<string, DhcpSign>();
  const strangers: DhcpSign[] = [];
  for (const { expires, mac, ip, hostname } of leases) {
    if (expires === null) continue; // it says nothing of when
    // A MAC that all nodes share is nobody's; then dnsmasq knows better.
    const named = hostOf(hostname ?? "");
    const host = macs.get(mac) ?? (names.has(named) ? named : null);
    const seconds = host === null ? STRANGER_SECONDS : leaseSeconds.get(host) ?? KNOWN_SECONDS;
    const sign = { at: Math.min((expires - seconds) * 1000, now), mac, ip };
    if (host === null) strangers.push(sign);
    else if (sign.at > (nodes.get(host)?.at ?? -Infinity)) nodes.set(host, sign);
  }
  return { nodes, strangers };
}
