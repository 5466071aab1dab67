/**
 * Which requests are of which node, also where nobody can tell by its address.
 *
 * @module
 */

import type { Statics } from "../nodes/statics.ts";
import type { BootRequest } from "./boot_request.ts";
import { isOfBoot, isOfThisMachine, type OwnRequests, ownRequests } from "./own_requests.ts";

/**
 * Finds the requests of nodes: their own where it is known which addresses they have, else
 * those for their files, whoever asked.
 *
 * @param requests What the log has, in any order.
 * @param statics Which addresses and ports nodes have; `null` if that is not known: then
 * nobody is a stranger.
 */
export function requestsByNode(
  requests: readonly BootRequest[],
  statics: Pick<Statics, "addresses" | "macs"> | null,
): OwnRequests {
  if (statics) return ownRequests(requests, statics);
  const named = requests.filter((request) =>
    request.node !== null && isOfBoot(request) && !isOfThisMachine(request)
  );
  return { nodes: Map.groupBy(named, ({ node }) => node ?? ""), strangers: [] };
}
