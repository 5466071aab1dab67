/**
 * Roles: which images are for which nodes.
 *
 * @module
 */

import { FormatError } from "../text/format_error.ts";
import { fitsPattern } from "../text/pattern.ts";
import { list, object, objectOf, parseJson, text } from "../text/shape.ts";

/** Ties an image kind to nodes. */
export interface Role {
  /** Its key in the document, for instance `kubernetes`. */
  readonly name: string;
  /** Its directory below the data directory, for instance `k8s`. */
  readonly data: string;
  /** What its root filesystems are called before the release. */
  readonly rootfs: string;
  /** Its nodes, as patterns with `*` and `?`. */
  readonly nodes: readonly string[];
  /** Those of its nodes that boot with `rd.luks=0`. */
  readonly withoutLuks?: readonly string[];
}

const roleShape = objectOf<Role>(
  { name: text, data: text, rootfs: text, nodes: list(text) },
  { withoutLuks: list(text) },
);
const siteShape = object({}, { roles: list(roleShape) });

/** Directories that lie where those of the nodes do. */
const TAKEN: readonly string[] = ["boot", "ephemeral"];

/** The roles of every system. */
export const BUILT_IN_ROLES: readonly Role[] = [
  {
    name: "kubernetes",
    data: "k8s",
    rootfs: "kubernetes",
    nodes: ["ncn-m*", "ncn-w*", "fmn*"],
    withoutLuks: ["ncn-w*", "fmn*"],
  },
  { name: "storage", data: "ceph", rootfs: "storage-ceph", nodes: ["ncn-s*"] },
];

/**
 * Reads the roles of a site and puts them before the built-in ones; one of the
 * same name takes the place of the built-in role.
 *
 * @param json `{"roles": [{"name": …, "data": …, "rootfs": …, "nodes": […]}]}`.
 * @param options `file`: its name in messages.
 * @returns The roles; the first whose pattern fits a node is its role.
 * @throws {FormatError} If it is not that.
 *
 * @example
 * ```ts
 * import { parseRoles, roleOf } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * const roles = parseRoles(`{"roles": [{
 *   "name": "hypervisor", "data": "hypervisor", "rootfs": "hypervisor", "nodes": ["ncn-h*"]
 * }]}`);
 * assertEquals(roleOf("ncn-h001", roles)?.name, "hypervisor");
 * assertEquals(roleOf("ncn-s001", roles)?.name, "storage");
 * ```
 */
export function parseRoles(
  json: string,
  { file = "pitboot.json" }: { file?: string } = {},
): readonly Role[] {
  try {
    const { roles = [] } = parseJson(json, siteShape);
    for (const role of roles) {
      checkName(role);
      checkNodes(role);
    }
    const names = new Set(roles.map(({ name }) => name));
    if (names.size < roles.length) throw new SyntaxError("two roles have the same name");
    return [...roles, ...BUILT_IN_ROLES.filter(({ name }) => !names.has(name))];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(error.message, { file });
  }
}

/** The data directory is read below another one and must not be outside it. */
function checkName({ name, data }: Role): void {
  if (!/^[\w-]+$/.test(name)) {
    throw new SyntaxError(`invalid role name ${JSON.stringify(name)}`);
  }
  if (!/^\w[\w.-]*$/.test(data)) {
    throw new SyntaxError(`role ${name}: data must be the name of one directory`);
  }
}

/** What all nodes boot from is not to become what one of them boots from. */
function checkNodes({ name, nodes }: Role): void {
  for (const pattern of nodes) {
    const taken = TAKEN.find((directory) => fitsPattern(directory, pattern));
    if (taken === undefined) continue;
    throw new SyntaxError(
      `role ${name}: ${
        JSON.stringify(pattern)
      } also matches ${taken}, which is a directory of the web server, not a node`,
    );
  }
}

/**
 * The role of a node.
 *
 * @param node For instance `ncn-w001`.
 * @param roles In the order in which they are tried.
 * @returns `null` if no role has such nodes.
 */
export function roleOf(node: string, roles: readonly Role[]): Role | null {
  if (TAKEN.includes(node)) return null;
  return roles.find((role) => fits(node, role.nodes)) ?? null;
}

/** Tells whether a node of the role boots with `rd.luks=0`. */
export function bootsWithoutLuks(node: string, role: Role): boolean {
  return fits(node, role.withoutLuks ?? []);
}

function fits(node: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => fitsPattern(node, pattern));
}
