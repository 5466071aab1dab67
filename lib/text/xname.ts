/**
 * Xnames: the names that hardware has by its place, cabinet by cabinet.
 *
 * @module
 */

/**
 * Reads the xname of a node, or of its BMC.
 *
 * @param name For instance `x3000c0s1b0n0`, or `x3000c0s1b0`.
 * @returns That of the node, `null` if it is neither. A BMC stands for its first node.
 *
 * @example
 * ```ts
 * import { nodeXname } from "./xname.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(nodeXname("X3000c0s1b0"), "x3000c0s1b0n0");
 * assertEquals(nodeXname("ncn-w001"), null);
 * ```
 */
export function nodeXname(name: string): string | null {
  const [xname, node] = /^x\d+c\d+s\d+b\d+(n\d+)?$/.exec(name.toLowerCase()) ?? [];
  if (xname === undefined) return null;
  return node === undefined ? `${xname}n0` : xname;
}
