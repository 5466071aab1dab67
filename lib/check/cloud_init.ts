/**
 * data.json, from which basecamp answers cloud-init: what of it can be known to be wrong.
 *
 * @module
 */

import {
  dictionary,
  integer,
  list,
  nullable,
  object,
  parseJson,
  type Shape,
  ShapeError,
  text,
} from "../text/shape.ts";

/** What a node is told about itself. */
export interface CloudNode {
  /** Lower case. */
  readonly mac: string;
  readonly hostname: string | null;
  readonly xname: string | null;
  /** Those of its networks, each with the length of its network: `10.252.1.9/17`. */
  readonly addresses: readonly string[];
  /** Whether it installs packages. */
  readonly hasPackages: boolean;
}

/** What data.json says. */
export interface CloudInit {
  readonly nodes: readonly CloudNode[];
  readonly firstMaster: string | null;
  readonly storageNodes: number | null;
  /** How many certificate authorities nodes trust. */
  readonly authorities: number;
}

/** What of it is looked at is looked at later. */
const anything: Shape<unknown> = { schema: {}, decode: (value) => value };
const metaData = object({}, {
  "local-hostname": text,
  "xname": text,
  "ipam": dictionary(object({}, { ip: text })),
  "first-master-hostname": text,
  "num_storage_nodes": integer,
  "ca-certs": object({}, { trusted: list(text) }),
});
const userData = nullable(object({}, { packages: nullable(list(anything)) }));
const cloudEntry = object({}, { "meta-data": metaData, "user-data": userData });
const shape = dictionary(cloudEntry);
const GLOBAL = "Global";

/**
 * Reads data.json. Its values hold secrets: none but names, MACs, addresses and counts are
 * kept.
 *
 * @param json The text of the file.
 * @throws {SyntaxError} If it is not JSON.
 * @throws {ShapeError} If it is JSON of another form.
 */
export function parseCloudInit(json: string): CloudInit {
  const entries = Object.entries(parseJson(json, shape));
  const global = entries.find(([key]) => key === GLOBAL)?.[1]["meta-data"];
  return {
    nodes: entries.filter(([key]) => key.includes(":")).map(([key, value]) => ({
      mac: key.toLowerCase(),
      hostname: value["meta-data"]?.["local-hostname"] ?? null,
      xname: value["meta-data"]?.xname?.toLowerCase() ?? null,
      addresses: Object.values(value["meta-data"]?.ipam ?? {}).flatMap(({ ip }) => ip ?? []),
      hasPackages: (value["user-data"]?.packages?.length ?? 0) > 0,
    })),
    firstMaster: global?.["first-master-hostname"] ?? null,
    storageNodes: global?.["num_storage_nodes"] ?? null,
    authorities: global?.["ca-certs"]?.trusted?.length ?? 0,
  };
}

/**
 * Says what is wrong with the text of data.json, without a word of what stands there.
 *
 * @param error What reading it threw.
 */
export function withoutValues(error: SyntaxError): string {
  if (error instanceof ShapeError) return `${error.path || "the whole"}: not ${error.expected}`;
  const [place] = /line \d+ column \d+/.exec(error.message) ?? [];
  return place === undefined ? "it is not JSON" : `it is not JSON (${place})`;
}
