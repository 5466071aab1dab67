/**
 * MAC and IPv4 addresses, as the files of a PIT write them.
 *
 * @module
 */

const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ADDRESS = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`);

/**
 * Tells whether a word is an IPv4 address such as `10.254.1.4`.
 *
 * @param text Any word.
 * @returns Whether it is four numbers from 0 to 255 with dots between them.
 */
export function isIpv4(text: string): boolean {
  return ADDRESS.test(text);
}

/** As it is told. */
const USUAL_MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/**
 * Reads a MAC address in any letter case, with or without the hardware type
 * that dnsmasq puts before one that is not Ethernet (`20-…` is InfiniBand).
 *
 * @param text A word that may be a MAC address.
 * @returns The address in lower case, or `null` if the word is none.
 *
 * @example
 * ```ts
 * import { parseMac } from "./addresses.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseMac("B4:2E:99:3C:FD:E6"), "b4:2e:99:3c:fd:e6");
 * assertEquals(parseMac("10.1.1.1"), null);
 * ```
 */
export function parseMac(text: string): string | null {
  if (USUAL_MAC.test(text)) return text;
  if (!/^([0-9a-f]{2}-)?[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5,19}$/i.test(text)) return null;
  // dnsmasq takes 4:b as well as 04:0b, and writes no 01- before an Ethernet address.
  return text.toLowerCase().replace(/^01-/, "").replace(
    /(?<![0-9a-f])[0-9a-f](?![0-9a-f])/g,
    "0$&",
  );
}
