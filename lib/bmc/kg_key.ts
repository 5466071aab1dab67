/**
 * The K_g key of BMCs: a secret besides the password, which few BMCs have.
 *
 * @module
 */

/** The longest key, in bytes. */
const LONGEST_KEY = 20;

/**
 * Tells options of the older form, `USER,PASSWORD,KEY`, from those with letters.
 *
 * @param ipmiopts The options.
 * @returns Whether the first one has no letter and colon before it.
 */
export function isPositional(ipmiopts: string): boolean {
  return !/^\s*[a-z]:/i.test(ipmiopts);
}

/**
 * Reads the key in the `ipmiopts` of conman.conf, `U:root,P:secret,K:key`. As for
 * conman, one that begins with `0x` stands in hexadecimal digits.
 *
 * @param ipmiopts The options.
 * @param above The key where they name none.
 * @returns `null` if it is empty, or one that an environment variable cannot carry.
 *
 * @example
 * ```ts
 * import { kgKeyOf } from "./kg_key.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(kgKeyOf("U:root,P:secret,K:0x6b6579"), "key");
 * ```
 */
export function kgKeyOf(ipmiopts = "", above: string | null = null): string | null {
  const key = fieldOf(ipmiopts);
  if (key === undefined) return above;
  const text = /^0x[0-9a-f]+$/i.test(key) ? fromDigits(key.slice(2)) : key;
  return /^[\x20-\x7e]+$/.test(text) && text.length <= LONGEST_KEY ? text : null;
}

function fieldOf(ipmiopts: string): string | undefined {
  const fields = ipmiopts.split(",");
  // conman passes over empty fields.
  if (isPositional(ipmiopts)) return fields.filter((field) => field !== "")[2];
  // A password may hold commas, also followed by `K:`: the last one is the key.
  return fields.findLast((field) => /^\s*K:/i.test(field))?.replace(/^\s*K:/i, "");
}

/** @param digits Two for each byte; zeros at the end are those that any key is filled up with. */
function fromDigits(digits: string): string {
  const pairs = digits.match(/..?/g) ?? [];
  const bytes = pairs.map((pair) => parseInt(pair.padEnd(2, "0"), 16));
  return String.fromCharCode(...bytes).replace(/\0+$/, "");
}
