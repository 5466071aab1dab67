/**
 * The K_g key of BMCs: a secret besides the password, which few BMCs have.
 *
 * @module
 */

/** The longest key, in bytes. */
const LONGEST_KEY = 20;
const OPTION = /(?:^|,)\s*K:([^,]*)/gi;

/**
 * Reads the key in the `ipmiopts` of conman.conf, `U:root,P:secret,K:key`. As for
 * conman, one that begins with `0x` stands in hexadecimal digits.
 *
 * @param ipmiopts The options.
 * @returns `null` if there is none, or one that an environment variable cannot carry.
 *
 * @example
 * ```ts
 * import { kgKeyOf } from "./kg_key.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(kgKeyOf("U:root,P:secret,K:0x6b6579"), "key");
 * ```
 */
export function kgKeyOf(ipmiopts = ""): string | null {
  // A password may hold commas, also followed by `K:`: the last one is the key.
  const key = [...ipmiopts.matchAll(OPTION)].at(-1)?.[1] ?? "";
  const text = /^0x[0-9a-f]+$/i.test(key) ? fromDigits(key.slice(2)) : key;
  return /^[\x20-\x7e]+$/.test(text) && text.length <= LONGEST_KEY ? text : null;
}

/** @param digits Two for each byte; zeros at the end are those that any key is filled up with. */
function fromDigits(digits: string): string {
  const pairs = digits.match(/..?/g) ?? [];
  const bytes = pairs.map((pair) => parseInt(pair.padEnd(2, "0"), 16));
  return String.fromCharCode(...bytes).replace(/\0+$/, "");
}
