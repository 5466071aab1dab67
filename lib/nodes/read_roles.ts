/**
 * Gets the roles of this site.
 *
 * @module
 */

import { guarded, ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { BUILT_IN_ROLES, parseRoles, type Role } from "./roles.ts";

/**
 * Reads the roles of the site; without a file they are the built-in ones.
 *
 * @param path `/etc/pitboot.json`.
 * @throws {Failure} If the file cannot be read.
 * @throws {FormatError} If it is not what it should be.
 */
export function readRoles(root: Root, path: string): readonly Role[] {
  const hint = "make it readable, or remove it to use the built-in roles";
  const json = guarded(path, hint, () => ifThere(() => root.readText(path)));
  return json === null ? BUILT_IN_ROLES : parseRoles(json, { file: path });
}
