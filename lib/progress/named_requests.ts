/**
 * Which requests name a node, where nobody can tell by its address whether they are its own.
 *
 * @module
 */

import type { BootRequest } from "./boot_request.ts";
import { isOfBoot } from "./own_requests.ts";

/**
 * Finds requests by the node whose files were asked for, whoever did; this very machine
 * is no node that boots.
 *
 * @param requests What the log has, in any order.
 */
export function namedRequests(
  requests: readonly BootRequest[],
): ReadonlyMap<string, readonly BootRequest[]> {
  const nodes = new Map<string, BootRequest[]>();
  for (const request of requests) {
    const { node, address } = request;
    if (node === null || !isOfBoot(request) || /^(?:127\.|::1$)/.test(address)) continue;
    const known = nodes.get(node);
    if (known) known.push(request);
    else nodes.set(node, [request]);
  }
  return nodes;
}
