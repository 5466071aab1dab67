/**
 * The check `cloud-init`: data.json knows each node by its MACs, and what all of them need.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import type { Statics } from "../nodes/statics.ts";
import type { CloudInit, CloudNode } from "./cloud_init.ts";
import { ipNumber } from "./dhcp_networks.ts";
import { fine, type Judgement, notLooked, resultsOf, wrong } from "./judgement.ts";

/** What data.json is held against. */
export interface Expected {
  /** The selected nodes. */
  readonly nodes: readonly string[];
  readonly statics: Pick<Statics, "addresses" | "bmcs" | "macs" | "xnames">;
  readonly pit: string;
  /** data.json, as seen from inside. */
  readonly path: string;
}

const STORAGE = /^ncn-s\d/;
const CSI = "csi pit init writes it; systemctl restart basecamp reads it again";

const NO_PACKAGES = {
  found: "no packages",
  message: "no node is told to install packages",
  hint: "csi patch packages puts them in, and pit-init.sh calls that, where csi has it",
};

/** Judges data.json; basecamp itself answers the PIT nothing. */
export function checkCloudInit(data: CloudInit, expected: Expected): CheckResult[] {
  const judge = new CloudNodeJudge(data, expected);
  return [
    ...resultsOf("cloud-init", expected.nodes.map((node) => [node, judge.judge(node)])),
    ...resultsOf("cloud-init", judgeAll(data, expected).map((each) => [null, each])),
  ];
}

/** Says that basecamp cannot read the file. */
export function brokenCloudInit(path: string, why: string): CheckResult[] {
  const message = `${path}: ${why}: basecamp does not start with it`;
  const judged = wrong("failed", { asked: `what ${path} says`, found: why, message, hint: CSI });
  return resultsOf("cloud-init", [[null, judged]]);
}

class CloudNodeJudge {
  readonly #path: string;
  readonly #expected: Expected;
  readonly #known: ReadonlyMap<string, CloudNode>;
  readonly #macs: ReadonlyMap<string, readonly (readonly [string, string])[]>;
  readonly #addresses: ReadonlyMap<string, readonly (readonly [string, string])[]>;
  /** How many nodes have a MAC that is not known: several share an entry. */
  readonly #unknown: number;

  constructor(data: CloudInit, expected: Expected) {
    this.#path = expected.path;
    this.#expected = expected;
    this.#known = new Map(data.nodes.map((node) => [node.mac, node]));
    this.#macs = Map.groupBy(expected.statics.macs, ([, host]) => host);
    this.#addresses = Map.groupBy(expected.statics.addresses, ([, host]) => host);
    this.#unknown =
      expected.nodes.filter((node) => this.#macs.get(node)?.some(([mac]) => !this.#known.has(mac)))
        .length;
  }

  judge(node: string): Judgement {
    const asked = `the MACs and addresses of each node in ${this.#path}`;
    const macs = this.#macs.get(node)?.map(([mac]) => mac) ?? [];
    if (macs.length === 0) return notLooked(asked, "statics.conf has no MAC of their own for them");
    const [fault] = macs.flatMap((mac) => this.#faultOf(node, mac) ?? []);
    return fault
      ? wrong("failed", { asked, ...fault, hint: CSI })
      : fine(asked, "known by name, MAC and address");
  }

  #faultOf(node: string, mac: string): { found: string; message: string } | null {
    const own = this.#known.get(mac);
    const path = this.#path;
    if (!own) {
      const what = this.#unknown > 1 ? "all of their MACs" : mac;
      const message = `${path} does not know ${what}: basecamp tells such a node nothing`;
      return { found: "missing", message };
    }
    const { hostname, xname, addresses } = own;
    if (hostname !== node) {
      const message = `${path} gives its MAC to ${hostname ?? "a node without a name"}`;
      return { found: hostname ?? "no name", message };
    }
    const other = this.#expected.statics.xnames.get(xname ?? "") ?? node;
    if (other !== node) {
      return {
        found: `${xname}`,
        message: `${path} gives it the xname ${xname}, that of ${other}`,
      };
    }
    const [fault] = addresses.flatMap((address) => this.#addressFault(node, address) ?? []);
    return fault === undefined
      ? null
      : { found: "another address", message: `${path} gives it ${fault}` };
  }

  /** Networks that statics.conf does not have are left out. */
  #addressFault(node: string, address: string): string | null {
    const [ip = "", length = "32"] = address.split("/");
    const owner = this.#expected.statics.addresses.get(ip);
    if (owner === node) return null;
    if (owner !== undefined) return `${ip}, which statics.conf reserves for ${owner}`;
    const size = 2 ** (32 - Number(length));
    const networkOf = (each: string): number => Math.floor(ipNumber(each) / size);
    const reserved = this.#addresses.get(node)?.map(([each]) => each)
      .find((each) => networkOf(each) === networkOf(ip));
    return reserved === undefined ? null : `${ip}, and statics.conf reserves ${reserved}`;
  }
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
  if (judged.length > 0) return judged;
  const hasPackages = data.nodes.some(({ hasPackages }) => hasPackages);
  return [
    hasPackages
      ? fine(asked, "first master, storage nodes, authority, packages")
      : wrong("warning", { asked, ...NO_PACKAGES }),
  ];
}
