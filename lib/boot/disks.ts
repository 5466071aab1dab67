/**
 * What a script.ipxe makes of the disks of its node.
 *
 * @module
 */

import type { BootNode } from "../document/document.ts";
import { type Fetches, fetchesOf, parameterOf } from "./ipxe_script.ts";
import { WIPES } from "./no_wipe.ts";

/** What becomes of disks; `unknown`: the machine alone knows it. */
export type Disks = NonNullable<BootNode["disks"]>;

/**
 * Tells what a script says of the disks.
 *
 * @param fetches What follows from it; `null` where there is none.
 */
export function disksOf(fetches: Fetches | null): Disks {
  if (fetches === null || fetches.wipeDoubt !== null) return "unknown";
  if (fetches.kernel === null) return "kept";
  const value = parameterOf(fetches.parameters, "metal.no-wipe");
  return value === null || WIPES.has(value) ? "wiped" : "kept";
}

/** Tells the same by the text of a script; whose it is does not matter for that. */
export function disksIn(script: string): Disks {
  return disksOf(fetchesOf(script, { hostname: "any", url: "http://pit/any/script.ipxe" }));
}
