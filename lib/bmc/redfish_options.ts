/**
 * The options of Redfish, and the checks that they need.
 *
 * @module
 */

import { choice, type Flags, optionalFile } from "../cli/options.ts";
import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { programOnPath } from "./program_on_path.ts";

/** When Redfish is used, and what for. */
export const REDFISH_OPTIONS = {
  redfish: choice(
    ["auto", "never", "only"],
    "Use Redfish where IPMI gives no answer, never, or in place of IPMI.",
    "auto",
  ),
  "redfish-pin": optionalFile(
    "Ask only BMCs by Redfish whose keys FILE names: HOST sha256//HASH a line.",
  ),
};

type RedfishFlags = Flags<typeof REDFISH_OPTIONS>;

/**
 * Makes sure that there is curl where nothing can be done without.
 *
 * @throws {Failure} If there is none.
 */
export function checkCurl({ redfish }: Pick<RedfishFlags, "redfish">, { context }: Host): true {
  if (redfish !== "only" || programOnPath(context, "curl") !== null) return true;
  throw new Failure("curl-required", {
    message: "curl was not found on the search path",
    hint: "install it (zypper install curl)",
  });
}

/**
 * Reads the keys that BMCs must have.
 *
 * @returns By address; `null` if any will do.
 * @throws {Failure} If the file cannot be read.
 * @throws {FormatError} If it is something else.
 */
export async function readPins(
  { "redfish-pin": file }: Pick<RedfishFlags, "redfish-pin">,
  { root, context: { signal } }: Host,
): Promise<ReadonlyMap<string, string> | null> {
  if (file === null) return null;
  const hint = "write HOST sha256//HASH into each line";
  const text = await root.readHanded(file, hint, signal);
  const { parsePins } = await import("../redfish/pins.ts");
  return parsePins(text, file);
}
