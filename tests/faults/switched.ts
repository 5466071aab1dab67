/**
 * What must be so of nodes whose power a command was to switch, wherever it was cut off.
 *
 * @module
 */

import type { Pit } from "../../tools/pit/make_pit.ts";
import type { Call } from "./scenarios.ts";

/** PXE, by UEFI, at each start. */
const BOOT = "e0 04";

/**
 * Finds what was switched otherwise than it should be.
 *
 * @param pit Where; its BMCs note how they are switched.
 * @param call The command, which switches the nodes of its `--nodes`.
 * @returns A sentence for each.
 */
export function switchViolations(pit: Pit, call: Call): string[] {
  const named = namedBy(call);
  const isRight = (how: string): boolean =>
    wishOf(call) === "on" ? how === `on ${BOOT}` : how.startsWith("off ");
  return pit.nodes.flatMap(({ name, bmcIp }) =>
    switchedBy(pit, bmcIp).flatMap((how) => {
      if (!named.includes(name)) return [`${name} was switched: ${how}`];
      return isRight(how) ? [] : [`${name} was switched ${how}`];
    })
  );
}

/** Lists the nodes that are not as the command should have made them. */
export function unswitched({ bin, nodes }: Pit, call: Call): string[] {
  const named = namedBy(call);
  return nodes.filter(({ name }) => named.includes(name)).filter(({ bmcIp }) => {
    const { power, boot } = bmcAt(`${bin}/../bmcs/${bmcIp}`);
    const wish = wishOf(call);
    return power !== wish || (wish === "on" && boot !== `'${BOOT}'`);
  }).map(({ name }) => `${name} is not ${wishOf(call)}`);
}

function namedBy({ args }: Call): readonly string[] {
  const [words = ""] = args.filter((word) => word.startsWith("--nodes="));
  return words.replace("--nodes=", "").split(",");
}

function wishOf({ args }: Call): string {
  return args[1] ?? "";
}

/** How a node was switched: `off`, or `on` and its boot flags of then. */
function switchedBy({ bin }: Pit, address: string): string[] {
  try {
    return Deno.readTextFileSync(`${bin}/../bmcs/${address}.power`).trimEnd().split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** What the stand-in for a BMC has noted: of several lines of a name the last one counts. */
function bmcAt(path: string): Record<string, string> {
  const lines = Deno.readTextFileSync(path).trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split("=", 2)));
}
