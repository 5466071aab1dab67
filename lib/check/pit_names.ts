/**
 * The names by which nodes ask for the PIT.
 *
 * @module
 */

/** Tells whether a host name or address is the PIT's. */
export type IsPit = (host: string) => boolean;

/**
 * Makes what knows the PIT.
 *
 * @param node The name of the node that the PIT is, for instance `ncn-m001`.
 * @param addresses Its own addresses.
 * @returns What is true of `pit`, `pit.nmn`, `ncn-m001.hmn` and of each address.
 */
export function pitNames(node: string, addresses: ReadonlySet<string>): IsPit {
  const names = new Set(["pit", node]);
  return (host) => addresses.has(host) || names.has(host.replace(/\..*/, ""));
}

/**
 * Tells whether an address is one that the PIT's web server answers.
 *
 * @param address As a script has it.
 * @param isPit Knows the PIT.
 */
export function isServedByPit(address: string, isPit: IsPit): boolean {
  const [, host] = HTTP.exec(address) ?? [];
  return host !== undefined && isPit(host) && URL.canParse(address);
}

/** Of thousands of addresses few are parsed. */
const HTTP = /^http:\/\/([^/?#:@]+)/i;
