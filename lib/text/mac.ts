/**
 * MAC addresses as statics.conf and dnsmasq.leases write them.
 *
 * @module
 */

/**
 * Reads a MAC address in any letter case, with or without the hardware type
 * that dnsmasq puts before one that is not Ethernet (`20-…` is InfiniBand).
 *
 * @param text A word that may be a MAC address.
 * @returns The address in lower case, or `null` if the word is none.
 *
 * @example
 * ```ts
 * import { parseMac } from "./mac.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseMac("B4:2E:99:3C:FD:E6"), "b4:2e:99:3c:fd:e6");
 * assertEquals(parseMac("10.1.1.1"), null);
 * ```
 */
export function parseMac(text: string): string | null {
  if (!/^([0-9a-f]{2}-)?[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5,19}$/i.test(text)) return null;
  // dnsmasq takes 4:b as well as 04:0b.
  return text.toLowerCase().replace(/(?<![0-9a-f])[0-9a-f](?![0-9a-f])/g, "0$&");
}
