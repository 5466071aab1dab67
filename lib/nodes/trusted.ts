/**
 * Whom a site trusts besides root with what nodes boot.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { ifThere } from "../io/failures.ts";
import { type Trusted, whoElse } from "../io/keepers.ts";
import type { Root } from "../io/root.ts";
import { strangerOnWay } from "../io/strangers.ts";
import { FormatError } from "../text/format_error.ts";
import { integer, list, object, objectOf, parseJson } from "../text/shape.ts";

const trustedShape = object({}, {
  trusted: objectOf<Partial<Trusted>>({}, { users: list(integer), groups: list(integer) }),
});

/**
 * Reads whom a site trusts: `{"trusted": {"users": [30], "groups": [8]}}`, by number.
 *
 * @param root The file system.
 * @param path `/etc/pitboot.json`. Of a file that others than root may change, nobody
 * is trusted.
 * @throws {FormatError} If it is something else.
 */
export function readTrusted(root: Root, path: string): Trusted {
  const stat = ifThere(() => root.stat(path));
  const isRoots = stat && whoElse(stat) === null && !strangerOnWay(root, dirname(path));
  if (!isRoots) return { users: [], groups: [] };
  const { users = [], groups = [] } = parseTrusted(root.readText(path), path);
  return { users, groups };
}

function parseTrusted(json: string, file: string): Partial<Trusted> {
  try {
    return parseJson(json, trustedShape).trusted ?? {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(error.message, { file });
  }
}
