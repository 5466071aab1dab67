/**
 * Names of nodes and of their BMCs.
 *
 * @module
 */

const SUFFIX = "-mgmt";

/**
 * Tells whether a name may become a directory below the web root: letters,
 * digits and inner dashes, at most 63 characters (RFC 1123, one label).
 *
 * @param name Any text.
 * @returns Whether it is a plain host name in lower case.
 */
export function isHostName(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name);
}

/**
 * The host that a name means, with or without a domain, in any letter case.
 *
 * @param name For instance `NCN-W001-mgmt.hmn` or `ncn-w001-mgmt.`.
 * @returns `ncn-w001-mgmt`.
 */
export function hostOf(name: string): string {
  return name.trim().toLowerCase().replace(/\..*$/, "");
}

/**
 * The node that a BMC belongs to.
 *
 * @param bmc A name such as `ncn-w001-mgmt`.
 * @returns `ncn-w001`, or `null` if this is not the name of a BMC.
 */
export function nodeOf(bmc: string): string | null {
  const node = bmc.endsWith(SUFFIX) ? bmc.slice(0, -SUFFIX.length) : "";
  return isHostName(node) ? node : null;
}

/**
 * The nodes that BMCs belong to.
 *
 * @param bmcs Their names.
 * @returns Sorted; what is not the name of a BMC stays as it is.
 */
export function nodesOf(bmcs: readonly string[]): string[] {
  return bmcs.map((bmc) => nodeOf(bmc) ?? bmc).sort();
}
