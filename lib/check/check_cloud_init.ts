/**
 * The check `cloud-init`: data.json knows each node by its MACs, and what all of them need.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import type { Statics } from "../nodes/statics.ts";
import type { CloudInit } from "./cloud_init.ts";
import { fine, type Judgement, notLooked, resultsOf, wrong } from "./judgement.ts";

/** What data.json is held against. */
export interface Expected {
  /** The selected nodes. */
  readonly nodes: readonly string[];
  readonly statics: Pick<Statics, "bmcs" | "macs">;
  readonly pit: string;
  /** data.json, as seen from inside. */
  readonly path: string;
}

const STORAGE = /^ncn-s\d/;
const CSI = "csi pit init writes it; systemctl restart basecamp reads it again";

/** Judges data.json; basecamp itself answers the PIT nothing. */
export function checkCloudInit(data: CloudInit, expected: Expected): CheckResult[] {
  const names = new Map(data.nodes.map(({ mac, hostname }) => [mac, hostname]));
  const macs = Map.groupBy(expected.statics.macs, ([, host]) => host);
  const nodes = expected.nodes.map((node): [string, Judgement] => {
    const own = macs.get(node)?.map(([mac]) => mac) ?? [];
    return [node, judgeNode(own, { node, names, path: expected.path })];
  });
  return [
    ...resultsOf("cloud-init", nodes),
    ...resultsOf("cloud-init", judgeAll(data, expected).map((each) => [null, each])),
  ];
}

function judgeNode(
  macs: readonly string[],
  { node, names, path }: { node: string; names: ReadonlyMap<string, string | null>; path: string },
): Judgement {
  const asked = `the MACs of each node in ${path}`;
  if (macs.length === 0) return notLooked(asked, "statics.conf has no MAC of their own for them");
  const [lost] = macs.filter((mac) => !names.has(mac));
  if (lost !== undefined) {
    return wrong("failed", {
      asked,
      found: "missing",
      message: `${path} does not know ${lost}: basecamp tells such a node nothing`,
      hint: CSI,
    });
  }
  const [other] = macs.flatMap((mac) => names.get(mac) === node ? [] : [names.get(mac)]);
  if (other === undefined) return fine(asked, "known by name and MAC");
  const message = `${path} gives its MAC to ${other ?? "a node without a name"}`;
  return wrong("failed", { asked, found: other ?? "no name", message, hint: CSI });
}

function judgeAll(data: CloudInit, { statics, pit, path }: Expected): Judgement[] {
  const asked = `what all nodes need in ${path}`;
  const hosts = new Set(statics.bmcs.map(({ node }) => node));
  const storage = [...hosts].filter((node) => STORAGE.test(node)).length;
  const { firstMaster, storageNodes, authorities } = data;
  const faults: [isFault: boolean, found: string, message: string, hint: string][] = [
    [
      firstMaster === null || !hosts.has(firstMaster) || firstMaster === pit,
      `first-master-hostname ${firstMaster ?? "missing"}`,
      `first-master-hostname is ${
        firstMaster ?? "missing"
      }: it must be a master that boots, not the PIT`,
      CSI,
    ],
    [
      storageNodes !== storage,
      `num_storage_nodes ${storageNodes ?? "missing"}`,
      `num_storage_nodes is ${
        storageNodes ?? "missing"
      }, and statics.conf has ${storage} storage nodes`,
      CSI,
    ],
    [
      authorities === 0,
      "no certificate authority",
      "no certificate authority (ca-certs): nodes will not trust the system's services",
      "csi patch ca puts it in; pit-init.sh calls that, and ends with 0 where it fails",
    ],
  ];
  const judged = faults.filter(([isFault]) => isFault).map(([, found, message, hint]) =>
    wrong("failed", { asked, found, message, hint })
  );
  return judged.length > 0 ? judged : [fine(asked, "first master, storage nodes, authority")];
}
