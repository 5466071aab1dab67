/**
 * Gets the roles of this site.
 *
 * @module
 */

import { BUILT_IN_ROLES, parseRoles, type Role } from "./roles.ts";
import { fileFailure } from "../io/failures.ts";
import type { Root } from "../io/root.ts";

/**
 * Reads the roles of the site; without a file they are the built-in ones.
 *
 * @param root The file system.
 * @param path `/etc/pitboot.json`.
 * @throws {Failure} If the file cannot be read.
 * @throws {FormatError} If it is not what it should be.
 */
export function readRoles(root: Root, path: string): readonly Role[] {
  let json: string;
  try {
    json = Deno.readTextFileSync(root.real(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return BUILT_IN_ROLES;
    throw fileFailure(path, error, "make it readable, or remove it to use the built-in roles");
  }
  return parseRoles(json, { file: path });
}
