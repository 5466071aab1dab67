/**
 * IPv4 addresses in dotted form.
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
