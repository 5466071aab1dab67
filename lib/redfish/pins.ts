/**
 * The keys that BMCs must have, if a site says so.
 *
 * @module
 */

import { FormatError } from "../text/format_error.ts";

/** Of a key in PEM: `openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64`. */
const PIN = /^sha256\/\/[A-Za-z0-9+/]{43}=$/;

/**
 * Reads a file of pins: on each line a host as conman.conf has it, and the hash of its
 * public key, `sha256//…`. Empty lines, and what follows `#`, are passed over.
 *
 * @param text The file.
 * @param path Its path, for messages.
 * @returns The pin of each host.
 * @throws {FormatError} If a line is something else, or names a host again.
 */
export function parsePins(text: string, path: string): ReadonlyMap<string, string> {
  const pins = new Map<string, string>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const words = line.replace(/#.*/, "").trim().split(/\s+/);
    const [host = "", pin = "", ...more] = words;
    if (host === "") continue;
    const place = { file: path, line: i + 1 };
    if (!PIN.test(pin) || more.length > 0) {
      throw new FormatError("expected HOST sha256//HASH", place);
    }
    if (pins.has(host)) throw new FormatError(`${host} is named twice`, place);
    pins.set(host, pin);
  }
  return pins;
}
