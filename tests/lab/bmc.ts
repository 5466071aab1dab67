/**
 * One simulated BMC: what is wrong with it, and the files that make OpenIPMI's
 * `ipmi_sim` behave so.
 *
 * @module
 */

import { rulesOf } from "./bmc_rules.ts";
import { argumentsOf, type Fault } from "./fault.ts";
import { address, type PitNode } from "./pit.ts";
import type { KindName } from "./redfish/kind.ts";

/** A BMC of the lab. */
export interface Bmc {
  /** For instance `ncn-w001-mgmt`. */
  readonly name: string;
  /** For instance `ncn-w001`. */
  readonly node: string;
  /** The MAC it really uses, lower case. */
  readonly mac: string;
  /** The address that statics.conf reserves for it. */
  readonly ip: string;
  /** Its static address: where it is found until it asks for a lease. */
  readonly address: string;
  readonly channel: number;
  readonly user: string;
  readonly password: string;
  readonly manufacturer: Manufacturer;
  /** Its Redfish service, if it has one, and where that listens for it. */
  readonly redfish: { readonly kind: KindName; readonly port: number } | null;
  readonly faults: readonly Fault[];
}

/** Who made a BMC, as its FRU and `mc info` say. */
export interface Manufacturer {
  readonly name: string;
  /** The number that IANA gave to it. */
  readonly id: number;
}

const INTEL = { name: "Intel Corporation", id: 343 };
const FUJITSU = { name: "FUJITSU", id: 10368 };
const OTHERS = [
  { name: "HPE", id: 47196 },
  { name: "GIGABYTE", id: 15370 },
];

/** The file in its directory that tells how many packets came, and its sessions. */
export const COUNTS = "counts";

/** The file in it at whose number of packets it stands still, as long as there is one. */
export const HOLD = "hold";

/** The directory in it that tells whether its node is on, and how it was switched. */
export const POWER = "power";

/** The K_g key of those that have one. */
export const KG_KEY = "kgkey0";

/** From here on services of Redfish listen, and in front of some another server. */
const REDFISH_PORT = 20_000;

/** Seconds from the setting to the request, so that the answer gets out. */
const DHCP_AFTER = 0.5;

/**
 * Plans the BMC of a node.
 *
 * @param node The node.
 * @param index Its place among all nodes.
 * @param options Who may log in, and what is wrong.
 * @returns The BMC.
 */
export function planBmc(
  node: PitNode,
  index: number,
  options: {
    readonly user: string;
    readonly password: string;
    readonly faults: readonly Fault[];
  },
): Bmc {
  const has = (fault: Fault): boolean => options.faults.includes(fault);
  return {
    name: `${node.name}-mgmt`,
    node: node.name,
    mac: has("typo") ? node.bmcMac.replace(/^b4:/, "b6:") : node.bmcMac,
    ip: node.bmcIp,
    address: has("move") ? address("10.254.100.0", index) : node.bmcIp,
    channel: has("chan3") ? 3 : has("chan2") ? 2 : 1,
    user: options.user,
    password: has("badpass") ? `not-${options.password}` : options.password,
    manufacturer: has("chan3")
      ? INTEL
      : has("chan2")
      ? FUJITSU
      : OTHERS[index % OTHERS.length] ?? INTEL,
    redfish: redfishOf(options.faults, REDFISH_PORT + index),
    faults: options.faults,
  };
}

function redfishOf(faults: readonly Fault[], port: number): Bmc["redfish"] {
  const [kind] = argumentsOf(faults, "redfish") ?? [];
  return kind === undefined ? null : { kind: kind as KindName, port };
}

/** Where the parts of a BMC are. */
export interface Places {
  /** The directory that is written here. */
  readonly dir: string;
  /** `bmc.sh`. */
  readonly script: string;
  /** The compiled plug-in. */
  readonly plugin: string;
  /** The compiled relay. */
  readonly relay: string;
  /** The compiled way to its port 443. */
  readonly tcpRelay: string;
}

/**
 * Writes the directory of a BMC, from which `bmc.sh` and `ipmi_sim` run.
 *
 * @param bmc The BMC.
 * @param places Where its parts are.
 * @returns File names and contents.
 */
export function bmcFiles(
  bmc: Bmc,
  places: Places,
): { name: string; content: string | Uint8Array }[] {
  return [
    { name: "env", content: environment(bmc, places) },
    { name: "lan.conf", content: lanConf(bmc, places) },
    { name: "commands", content: commands(bmc, places.dir) },
    { name: "fru.bin", content: fru(bmc.manufacturer.name) },
  ];
}

function environment(bmc: Bmc, { plugin, relay, tcpRelay }: Places): string {
  const server = ["dead", "hang"].find((f) => bmc.faults.some((g) => f === g));
  const change = ["nodhcp", "vanish"].find((f) => bmc.faults.some((g) => f === g));
  const [late = DHCP_AFTER] = argumentsOf(bmc.faults, "late") ?? [];
  const line = argumentsOf(bmc.faults, "line");
  const way = bmc.redfish ? [tcpRelay, "/run/netns/redfish", bmc.redfish.port, line?.[0] ?? 0] : [];
  return `MAC=${bmc.mac}
ADDRESS=${bmc.address}
SERVER=${server ?? "up"}
ON_DHCP=${change ?? "ask"}
DHCP_AFTER=${late}
PLUGIN=${plugin}
RELAY="${line ? [relay, ...line].join(" ") : ""}"
IPMI=${bmc.redfish && !bmc.faults.includes("ipmi") ? "off" : "on"}
REDFISH="${way.join(" ")}"
`;
}

function lanConf(bmc: Bmc, { dir, script, plugin }: Places): string {
  const options = [
    `reset=${script} ${dir} reset`,
    `source=${dir}/source`,
    `counts=${dir}/${COUNTS}`,
    `hold=${dir}/${HOLD}`,
    `power=${dir}/${POWER}`,
    ...rulesOf(bmc.faults),
  ];
  // Behind a relay, which has its place.
  const listen = argumentsOf(bmc.faults, "line") ? "127.0.0.1 1623" : "0.0.0.0 623";
  const auths = ["callback", "user", "operator", "admin"].map((level) =>
    `    allowed_auths_${level} none md2 md5 straight\n`
  );
  return `loadlib "${plugin}" "${options.join(";")}"
name "${bmc.name}"
set_working_mc 0x20
  startlan ${bmc.channel}
    addr ${listen}
    priv_limit admin
${auths.join("")}${bmc.faults.includes("rakp4") ? `    bmc_key "${KG_KEY}"\n` : ""}    guid ${
    guid(bmc.mac)
  }
    lan_config_program "${script} ${dir}"
  endlan
  user 1 true "" "" user 10 none md2 md5 straight
  user 2 true "${bmc.user}" "${bmc.password}" admin 10 none md2 md5 straight
`;
}

function commands({ manufacturer }: Bmc, dir: string): string {
  // The sensor record is there because ipmitool complains of a BMC without.
  return `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f ${manufacturer.id} 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
main_sdr_add 0x20 0 0 0x51 0x12 0x0f 0x20 0 0 0x01 0 0 0 0xf0 0x01 0 0xc4 'B 'M 'C '1
mc_add_fru_data 0x20 0 256 file 0 "${dir}/fru.bin"
mc_enable 0x20
`;
}

/** A FRU inventory with nothing but a board area (IPMI FRU definition 1.0). */
function fru(manufacturer: string): Uint8Array {
  const field = (text: string): number[] => [
    0xc0 | text.length,
    ...new TextEncoder().encode(text),
  ];
  const board = [
    1,
    0,
    25,
    0,
    0,
    0,
    ...[manufacturer, "Board", "SER0001", "PART-1", ""].flatMap(field),
    0xc1,
  ];
  while (board.length % 8 !== 7) board.push(0);
  board[1] = (board.length + 1) / 8;
  const data = new Uint8Array(256);
  data.set(withChecksum([1, 0, 0, 1, 0, 0, 0]));
  data.set(withChecksum(board), 8);
  return data;
}

function withChecksum(bytes: readonly number[]): number[] {
  return [...bytes, -bytes.reduce((sum, byte) => sum + byte, 0) & 255];
}

function guid(mac: string): string {
  return `a123456789abcdefa123${mac.replaceAll(":", "")}`;
}
