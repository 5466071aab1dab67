/**
 * The network interfaces of a BMC: which one is its own, and what it says of DHCP.
 *
 * @module
 */

import { isIpv4 } from "../text/addresses.ts";
import { printable } from "../text/printable.ts";
import { linkAt, listAt, macOf, switchAt, textAt, valueAt } from "./payload.ts";

/** A network interface of a BMC. */
export interface NetworkFace {
  /** The path of its resource. */
  readonly path: string;
  /** For instance `1` or `bond0`. */
  readonly id: string;
  /** Lower case, with colons; none if it does not say. */
  readonly macs: readonly string[];
  /** Its IPv4 addresses. */
  readonly addresses: readonly string[];
  /** Why it cannot be the one, in a word; `null` if it can. */
  readonly unfit: string | null;
  /** What it says of DHCP; `null` if it does not. */
  readonly dhcp: DhcpSwitch | null;
  /** Whether it shows a wish on which the BMC acts only after a reset. */
  readonly isPending: boolean;
}

/** The setting of an interface. */
export interface DhcpSwitch {
  readonly isOn: boolean;
  /** What turns it on. */
  readonly patch: Readonly<Record<string, unknown>>;
}

/** What a BMC is known by. */
export interface KnownBy {
  /** As statics.conf has it: lower case; `null` if it does not. */
  readonly mac: string | null;
  /** The address, or name, that we speak to. */
  readonly address: string;
}

const LINK_LOCAL = /^169\.254\./;
const NO_ADDRESS = "0.0.0.0";

/**
 * Reads the resource of an interface.
 *
 * @param path Where it was.
 * @param json What was there.
 */
export function networkFace(path: string, json: unknown): NetworkFace {
  const macs = [textAt(json, "MACAddress"), textAt(json, "PermanentMACAddress")]
    .flatMap((each) => macOf(each) ?? []);
  const addresses = [...listAt(json, "IPv4Addresses"), ...listAt(json, "IPv4StaticAddresses")]
    .flatMap((each) => textAt(each, "Address") ?? [])
    .filter((each) => isIpv4(each) && each !== NO_ADDRESS);
  return {
    path,
    id: printable(textAt(json, "Id") ?? path.replace(/\/$/, "").split("/").at(-1) ?? path, 40),
    macs: [...new Set(macs)],
    addresses: [...new Set(addresses)],
    unfit: unfitness(json, addresses),
    dhcp: dhcpSwitch(json),
    isPending: isPendingReset(json),
  };
}

/** Whether a resource of an iLO shows a wish, and not what is so. */
export function isPendingReset(json: unknown): boolean {
  return textAt(json, "Oem", "Hpe", "ConfigurationSettings") === "SomePendingReset";
}

/** Nothing tells `usb0` of a Gigabyte, which leads to its host, but its name and its address. */
function unfitness(json: unknown, addresses: readonly string[]): string | null {
  const type = textAt(json, "Oem", "Hpe", "InterfaceType");
  const isOfHost = linkAt(json, "Links", "HostInterface") !== undefined ||
    valueAt(json, "Links", "HostInterface") !== undefined || type === "HostInterface";
  if (isOfHost) return "to its host";
  if (type === "Shared") return "shared";
  const state = textAt(json, "Status", "State");
  if (switchAt(json, "InterfaceEnabled") === false || state === "Disabled") return "disabled";
  if (/^usb/i.test(textAt(json, "Id") ?? "")) return "to its host";
  return addresses.length > 0 && addresses.every((each) => LINK_LOCAL.test(each))
    ? "link-local"
    : null;
}

/** iLOs went static with `UseGateway` off: with DHCP and without it they have no gateway. */
function dhcpSwitch(json: unknown): DhcpSwitch | null {
  const isOn = switchAt(json, "DHCPv4", "DHCPEnabled");
  if (isOn !== undefined) {
    const gateway = switchAt(json, "DHCPv4", "UseGateway") === false ? { UseGateway: true } : {};
    return { isOn, patch: { DHCPv4: { DHCPEnabled: true, ...gateway } } };
  }
  const wasOn = switchAt(json, "Oem", "Hpe", "DHCPv4", "Enabled");
  if (wasOn === undefined) return null;
  const isWithout = switchAt(json, "Oem", "Hpe", "DHCPv4", "UseGateway") === false;
  const gateway = isWithout ? { UseGateway: true } : {};
  return { isOn: wasOn, patch: { Oem: { Hpe: { DHCPv4: { Enabled: true, ...gateway } } } } };
}

/** Tells whether an interface is the one that statics.conf names. */
export function isKnownFace({ unfit, macs }: NetworkFace, { mac }: KnownBy): boolean {
  return unfit === null && mac !== null && macs.includes(mac);
}

/**
 * Chooses the interface that a BMC is reached by: by its MAC, else by the address that we
 * speak to, else the only one that can be.
 *
 * @param faces All that the BMC has.
 * @param known What it is known by.
 * @returns Why none can be told, in words that name them, if none can.
 */
export function chooseFace(
  faces: readonly NetworkFace[],
  { mac, address }: KnownBy,
): NetworkFace | string {
  const fit = faces.filter(({ unfit }) => unfit === null);
  const byMac = faces.filter((face) => isKnownFace(face, { mac, address }));
  const byAddress = fit.filter(({ addresses }) => addresses.includes(address));
  const unfit = mac === null
    ? undefined
    : faces.find(({ unfit, macs }) => unfit && macs.includes(mac));
  if (byMac.length === 0 && unfit) return `its MAC is that of interface ${nameOfFace(unfit)}`;
  for (const some of [byMac, byAddress, fit]) {
    const [only, second] = some;
    if (only && !second) return only;
    // Two with one MAC: the address tells them apart.
    const both = some.filter((each) => byAddress.includes(each));
    if (both.length === 1 && both[0]) return both[0];
    if (second) break;
  }
  return faces.length === 0
    ? "it names no network interface"
    : `cannot tell its network interface from others: ${faces.map(nameOfFace).join(", ")}`;
}

function nameOfFace({ id, macs: [mac = "no MAC"], unfit }: NetworkFace): string {
  return `${id} (${[mac, ...unfit === null ? [] : [unfit]].join(", ")})`;
}
