/**
 * Whose Redfish service a BMC of the lab has: where its resources are, and how
 * it takes what is written. Its answers are those of tests/testdata/redfish.
 *
 * @module
 */

import type { Resource, Tree } from "./tree.ts";
import { put, readTree, renamed } from "./tree.ts";

/** The word for a kind; fault.ts says what each is. */
export type KindName = keyof typeof KINDS;

/** A kind of service. */
export interface Kind {
  /** The directory of its answers. */
  readonly dump: string;
  readonly manager: string;
  /** The interface that has the BMC's address. */
  readonly port: string;
  readonly protocol: string;
  /** What its answers are changed to; that is, where no dump of it is at hand. */
  readonly change?: (tree: Tree) => Tree;
  /** What a write takes effect by. */
  readonly acts: "reset" | "once";
  readonly etag: "content" | "time" | "none";
  /** Whether a write without If-Match is refused. */
  readonly needsMatch: boolean;
  /** Whether a write of what is so already is refused. */
  readonly refusesSame: boolean;
  /** How a written MAC looks. */
  readonly mac: (mac: string) => string;
  /** What it says of itself before its messages, for instance `iLO.2.14`. */
  readonly messages: string;
  readonly resets: readonly string[];
  /** Its node. */
  readonly system: string;
  /** How that can be switched, and more. */
  readonly switches: readonly string[];
  /** Whether it refuses to be told by which firmware its node boots. */
  readonly refusesMode: boolean;
  /** Whether it shows that its node is about to be on, or off. */
  readonly showsChange: boolean;
  /** How many wrong passwords lock it, for 30 s; `null`: each but the first takes 10 s. */
  readonly tries: number | null;
}

const upper = (mac: string): string => mac.toUpperCase();

const ILO: Kind = {
  dump: "DL325",
  manager: "/redfish/v1/Managers/1",
  port: "/redfish/v1/Managers/1/EthernetInterfaces/1",
  protocol: "/redfish/v1/Managers/1/NetworkProtocol",
  acts: "reset",
  etag: "content",
  needsMatch: false,
  refusesSame: false,
  mac: upper,
  messages: "iLO.2.14",
  resets: ["ForceRestart", "GracefulRestart"],
  system: "/redfish/v1/Systems/1",
  switches: ["On", "ForceOff", "GracefulShutdown", "ForceRestart", "PushPowerButton"],
  refusesMode: true,
  showsChange: false,
  tries: null,
};

const INTEL: Kind = {
  dump: "Intel",
  manager: "/redfish/v1/Managers/BMC",
  port: "/redfish/v1/Managers/BMC/EthernetInterfaces/3",
  protocol: "/redfish/v1/Managers/BMC/NetworkProtocol",
  acts: "once",
  etag: "none",
  needsMatch: false,
  refusesSame: false,
  mac: (mac) => mac.replaceAll(":", "-"),
  messages: "Base.1.2",
  resets: ["ForceRestart"],
  system: "/redfish/v1/Systems/QSBP74100021",
  switches: ["PushPowerButton", "On", "GracefulShutdown", "ForceRestart", "ForceOn", "ForceOff"],
  refusesMode: false,
  showsChange: false,
  tries: null,
};

const KINDS = {
  ilo: ILO,
  ilo1: {
    ...ILO,
    protocol: "/redfish/v1/Managers/1/NetworkService",
    change: toOldIlo,
    messages: "iLO.0.10",
  },
  ilo6: { ...ILO, change: toNewIlo, messages: "iLO.2.25" },
  ami: {
    dump: "Gigabyte",
    manager: "/redfish/v1/Managers/Self",
    port: "/redfish/v1/Managers/Self/EthernetInterfaces/bond0",
    protocol: "/redfish/v1/Managers/Self/NetworkProtocol",
    acts: "once",
    etag: "time",
    needsMatch: true,
    refusesSame: true,
    mac: upper,
    messages: "Ami.1.0",
    resets: ["ForceRestart"],
    system: "/redfish/v1/Systems/Self",
    switches: ["GracefulShutdown", "ForceRestart", "ForceOff", "On"],
    refusesMode: false,
    showsChange: false,
    tries: 5,
  },
  intel: INTEL,
  intel1: { ...INTEL, port: "/redfish/v1/Managers/BMC/NICs/3", change: toOldIntel },
  openbmc: {
    dump: "OpenBMC-stock",
    manager: "/redfish/v1/Managers/bmc",
    port: "/redfish/v1/Managers/bmc/EthernetInterfaces/eth0",
    protocol: "/redfish/v1/Managers/bmc/NetworkProtocol",
    acts: "once",
    etag: "none",
    needsMatch: false,
    refusesSame: false,
    mac: (mac) => mac,
    messages: "Base.1.13",
    resets: ["GracefulRestart", "ForceRestart"],
    system: "/redfish/v1/Systems/system",
    switches: ["On", "ForceOff", "ForceOn", "ForceRestart", "GracefulShutdown", "PowerCycle"],
    refusesMode: false,
    showsChange: true,
    tries: null,
  },
} as const satisfies Readonly<Record<string, Kind>>;

/**
 * Finds a kind.
 *
 * @param name For instance `ilo`.
 * @returns The kind, and its answers.
 */
export function kindOf(name: KindName): { kind: Kind; tree: Tree } {
  const kind: Kind = KINDS[name];
  const tree = readTree(kind.dump);
  return { kind, tree: kind.change?.(tree) ?? tree };
}

/** iLO 5 before 1.40: its switch has another name, its network service, too. */
function toOldIlo(tree: Tree): Tree {
  const old = renamed(tree, "/NetworkProtocol", "/NetworkService");
  for (const [path, resource] of old) {
    if (path.includes("/EthernetInterfaces/")) delete resource.DHCPv4;
  }
  put(ofPath(old, ILO.manager), "FirmwareVersion", "iLO 5 v1.35");
  return slashed(old);
}

/** iLO 6, whose links end with a slash as those of iLO 5 from 2.70 on. */
function toNewIlo(tree: Tree): Tree {
  const manager = ofPath(tree, ILO.manager);
  put(manager, "Model", "iLO 6");
  put(manager, "FirmwareVersion", "iLO 6 v1.70");
  put(manager, "DedicatedNetworkPorts", {
    "@odata.id": `${ILO.manager}/DedicatedNetworkPorts`,
  });
  return slashed(tree);
}

/** An S2600 with 1.43: no switch at all, and the interfaces elsewhere. */
function toOldIntel(tree: Tree): Tree {
  const old = renamed(tree, "/EthernetInterfaces", "/NICs");
  put(ofPath(old, INTEL.manager), "EthernetInterfaces", {
    "@odata.id": `${INTEL.manager}/NICs`,
  });
  for (const [path, resource] of old) {
    if (!path.includes("/NICs/")) continue;
    delete resource.DHCPv4;
    delete resource.InterfaceEnabled;
  }
  return old;
}

function slashed(tree: Tree): Tree {
  const text = JSON.stringify([...tree]);
  const paths = /("@odata\.id":"\/redfish\/v1(?:\/[\w/]+)?)"/g;
  return new Map(JSON.parse(text.replace(paths, '$1/"')));
}

function ofPath(tree: Tree, path: string): Resource {
  const found = tree.get(path);
  if (found === undefined) throw new RangeError(`no answer for ${path}`);
  return found;
}
