/**
 * Whose an address is.
 *
 * @module
 */

import type { Statics } from "../nodes/statics.ts";

/**
 * Finds the host that has an address: one of statics.conf, or one that a machine has made
 * of the MAC of its port, as iPXE and Linux do where a router announces IPv6.
 *
 * @param address Of a client of the web server.
 * @param statics Whose addresses and MACs are known.
 * @returns `null` if nobody knows it.
 *
 * @example
 * ```ts
 * import { hostAt } from "./host_at.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const statics = { addresses: new Map(), macs: new Map([["b8:59:9f:43:2c:0c", "ncn-w003"]]) };
 * assertEquals(hostAt("fd00:1::ba59:9fff:fe43:2c0c", statics), "ncn-w003");
 * ```
 */
export function hostAt(
  address: string,
  { addresses, macs }: Pick<Statics, "addresses" | "macs">,
): string | null {
  return addresses.get(address) ?? macs.get(macIn(address) ?? "") ?? null;
}

/** The MAC within the last half of an address (EUI-64); `null` if there is none. */
function macIn(address: string): string | null {
  const half = address.split(":").slice(-4).map((group) => group.padStart(4, "0")).join("");
  const [, first = "", ...others] =
    /^([\da-f]{2})([\da-f]{2})([\da-f]{2})fffe([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i
      .exec(half) ?? [];
  if (first === "") return null;
  // The bit that says that the address is no universal one is turned over.
  const universal = (Number(`0x${first}`) ^ 2).toString(16).padStart(2, "0");
  return [universal, ...others].join(":").toLowerCase();
}
