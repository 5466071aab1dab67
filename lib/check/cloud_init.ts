/**
 * data.json, from which basecamp answers cloud-init: what of it can be known to be wrong.
 *
 * @module
 */

import { dictionary, integer, list, object, parseJson, text } from "../text/shape.ts";

/** What a node is told about itself. */
export interface CloudNode {
  /** Lower case. */
  readonly mac: string;
  readonly hostname: string | null;
}

/** What data.json says. */
export interface CloudInit {
  readonly nodes: readonly CloudNode[];
  readonly firstMaster: string | null;
  readonly storageNodes: number | null;
  /** How many certificate authorities nodes trust. */
  readonly authorities: number;
}

const metaData = object({}, {
  "local-hostname": text,
  "first-master-hostname": text,
  "num_storage_nodes": integer,
  "ca-certs": object({}, { trusted: list(text) }),
});
const shape = dictionary(object({}, { "meta-data": metaData }));
const GLOBAL = "Global";

/**
 * Reads data.json. Its values hold secrets: none but names, MACs and counts are kept.
 *
 * @param json The text of the file.
 * @throws {SyntaxError} If it is not JSON of that form.
 */
export function parseCloudInit(json: string): CloudInit {
  const entries = Object.entries(parseJson(json, shape));
  const global = entries.find(([key]) => key === GLOBAL)?.[1]["meta-data"];
  return {
    nodes: entries.filter(([key]) => key.includes(":")).map(([key, value]) => ({
      mac: key.toLowerCase(),
      hostname: value["meta-data"]?.["local-hostname"] ?? null,
    })),
    firstMaster: global?.["first-master-hostname"] ?? null,
    storageNodes: global?.["num_storage_nodes"] ?? null,
    authorities: global?.["ca-certs"]?.trusted?.length ?? 0,
  };
}
