/**
 * `/var/lib/misc/dnsmasq.leases`: who has an address now.
 *
 * One lease a line, `<expiry> <mac> <ipv4> <hostname or *> <client id or *>`,
 * then the server's `duid` and IPv6 leases. Format: lease.c of dnsmasq.
 *
 * @module
 */

import { isIpv4 } from "../text/addresses.ts";
import { FormatError } from "../text/format_error.ts";
import { printable } from "../text/printable.ts";

/** A DHCPv4 lease as dnsmasq writes it. */
export interface Lease {
  /** Seconds since the epoch, or `null` if the lease never ends. */
  readonly expires: number | null;
  /** Lower case, colons; a hardware type before it if it is not Ethernet. */
  readonly mac: string;
  /** Dotted. */
  readonly ip: string;
  /** As written; `null` where dnsmasq wrote `*`. */
  readonly hostname: string | null;
}

/**
 * A number below this in the first field is a length in seconds, as builds of
 * dnsmasq without a clock write it, and not a date: it is ten years.
 */
const LONGEST_LENGTH = 10 * 365 * 86_400;

/**
 * Any number of bytes, perhaps none: dnsmasq writes down whatever length of a
 * hardware address a client claims.
 */
const HARDWARE = /^([0-9a-f]{2}-)?([0-9a-f]{2}(:[0-9a-f]{2})*)?$/i;

/**
 * Reads the DHCPv4 leases. IPv6 leases and lines of kinds that are not known
 * (`agent-info`, `vendorclass`, …) are ignored, and so is a last line
 * without its end: see {@linkcode isTorn}.
 *
 * @param text The whole file.
 * @param options `file`: its name in messages.
 * @returns The leases in the order of the file.
 * @throws {FormatError} If a whole line begins like a lease and is none.
 *
 * @example
 * ```ts
 * import { parseLeases } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseLeases("0 A4:BF:01:00:00:01 10.1.1.20 * *\n"), [
 *   { expires: null, mac: "a4:bf:01:00:00:01", ip: "10.1.1.20", hostname: null },
 * ]);
 * ```
 */
export function parseLeases(
  text: string,
  { file = "dnsmasq.leases" }: { file?: string } = {},
): Lease[] {
  const leases: Lease[] = [];
  const lines = text.split("\n");
  for (const [i, line] of lines.slice(0, -1).entries()) {
    if (line.startsWith("duid ")) break; // from here on it is IPv6
    if (!/^\d/.test(line)) continue;
    const [expiry = "", hardware = "", ip = "", hostname] = line.trim().split(/ +/);
    if (!/^\d{1,15}$/.test(expiry) || !HARDWARE.test(hardware) || !isIpv4(ip) || !hostname) {
      throw new FormatError(
        `${
          JSON.stringify(printable(line))
        } is not a lease: expected expiry, MAC, address, host name`,
        { file, line: i + 1 },
      );
    }
    leases.push({
      expires: Number(expiry) < LONGEST_LENGTH ? null : Number(expiry),
      mac: hardware.toLowerCase(),
      ip,
      hostname: hostname === "*" ? null : hostname,
    });
  }
  return leases;
}

/**
 * Tells whether a leases file was read while dnsmasq wrote it. dnsmasq empties
 * the file in place and rewrites it, so a reader can see nothing or a part.
 *
 * @param text The whole file.
 * @returns Whether to read it again. An empty file counts as torn: only before
 * the first lease of all is it really empty.
 */
export function isTorn(text: string): boolean {
  return !text.endsWith("\n");
}
