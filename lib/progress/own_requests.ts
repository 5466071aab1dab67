/**
 * Which requests are of nodes that boot: the log has those of people and of packages, too.
 *
 * @module
 */

import type { Statics } from "../nodes/statics.ts";
import { hostAt } from "./host_at.ts";
import type { BootRequest } from "./boot_request.ts";

/** Requests by whom they are of. */
export interface OwnRequests {
  /** By node: what it asked for itself, and nobody else for it. */
  readonly nodes: ReadonlyMap<string, readonly BootRequest[]>;
  /** Of machines whose address statics.conf does not know, in what only a boot asks for. */
  readonly strangers: readonly BootRequest[];
}

/** What came of a request: the file, or a fault of ours. */
const TELLING: ReadonlySet<number> = new Set([200, 403, 404]);
/** A person fetches scripts with these; a node fetches them with iPXE. */
const FETCHED_BY_HAND = /^(?:curl|Wget|wget|Mozilla|python|Deno)\b/;

/**
 * Tells whether a request is of a boot, and not of a person who tries it: GET, answered
 * with the file or with a fault of the server.
 */
export function isOfBoot({ method, status, file, agent }: BootRequest): boolean {
  if (method !== "GET" || !TELLING.has(status)) return false;
  return file !== "script" || !FETCHED_BY_HAND.test(agent ?? "");
}

/**
 * Finds the requests of nodes: from their own addresses, for their own files.
 *
 * @param requests What the log has, in any order.
 * @param statics Which addresses and ports nodes have.
 */
export function ownRequests(
  requests: readonly BootRequest[],
  statics: Pick<Statics, "addresses" | "macs">,
): OwnRequests {
  const nodes = new Map<string, BootRequest[]>();
  const strangers: BootRequest[] = [];
  for (const request of requests.filter(isOfBoot)) {
    const host = hostAt(request.address, statics);
    if (host === null) {
      if (isOfStranger(request)) strangers.push(request);
      continue;
    }
    // One that was given no name asks for those of nobody.
    if (request.node === null || request.node === host) {
      const own = nodes.get(host) ?? [];
      own.push(request);
      nodes.set(host, own);
    }
  }
  return { nodes, strangers };
}

/** What machines ask for that were given no name. */
function isOfStranger(request: BootRequest): boolean {
  return request.node === null && !isOfThisMachine(request);
}

/** Tells whether a request came from this very machine, which is no node that boots. */
export function isOfThisMachine({ address }: BootRequest): boolean {
  return /^(?:127\.|::1$)/.test(address);
}
