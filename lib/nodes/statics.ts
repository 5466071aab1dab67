/**
 * `/etc/dnsmasq.d/statics.conf`: the nodes of a system and their BMCs.
 *
 * The file is dnsmasq configuration that cray-site-init generates: `dhcp-host=`
 * lines with MACs, address and name, `host-record=` lines with names and
 * addresses. Format: dnsmasq(8).
 *
 * @module
 */

import { isIpv4 } from "../text/addresses.ts";
import { nodeOf } from "../text/host_name.ts";
import { printable } from "../text/printable.ts";
import { HostLines, NAMELESS, type Reservation, type WrongWord } from "./dhcp_host.ts";
import { splitAssignment } from "./dnsmasq_line.ts";
import { Owners } from "./owners.ts";

/** A BMC that statics.conf knows. */
export interface StaticBmc {
  /** For instance `ncn-w001-mgmt`. */
  readonly name: string;
  /** The node it manages, for instance `ncn-w001`. */
  readonly node: string;
  /** Lower case; `null` if no line gives it one that is its own. */
  readonly mac: string | null;
  /** The address reserved for it; `null` if no line gives it one that is its own. */
  readonly ip: string | null;
  /** Where it is named, counted from 1. */
  readonly line: number;
}

/** A line that is of no use, or can be doubted. */
export interface StaticsFault {
  /** Counted from 1. */
  readonly line: number;
  /** What is wrong with it. */
  readonly message: string;
  /** The nodes whose BMCs it concerns. */
  readonly nodes: readonly string[];
}

/** The content of statics.conf. */
export interface Statics {
  /** Every host whose name ends in `-mgmt`, sorted by name. */
  readonly bmcs: readonly StaticBmc[];
  /** Every MAC that `dhcp-host` lines give to one host alone, and that host. */
  readonly macs: ReadonlyMap<string, string>;
  /** Every address that `dhcp-host` lines give to one host alone, and that host. */
  readonly addresses: ReadonlyMap<string, string>;
  /** The xnames of `dhcp-host` lines (`id:x3000c0s1b0n0`), lower case, each with its host. */
  readonly xnames: ReadonlyMap<string, string>;
  /** For how long each host gets its address, in seconds, where its lines tell. */
  readonly leaseSeconds: ReadonlyMap<string, number>;
  /** What concerns BMCs, and what dnsmasq does not take; sorted by line. */
  readonly faults: readonly StaticsFault[];
}

/**
 * Reads statics.conf as dnsmasq does: of two lines for one host the last counts. A
 * line that is of no use stops no other one, and a MAC or an address that several
 * hosts have belongs to nobody: the handbook has all nodes share a placeholder.
 *
 * @param text The whole file.
 *
 * @example
 * ```ts
 * import { parseStatics } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * const { bmcs } = parseStatics(
 *   "dhcp-host=B4:2E:99:0B:0D:04,10.254.1.6,ncn-w001-mgmt,20m #HMN\n",
 * );
 * assertEquals(bmcs, [{
 *   name: "ncn-w001-mgmt",
 *   node: "ncn-w001",
 *   mac: "b4:2e:99:0b:0d:04",
 *   ip: "10.254.1.6",
 *   line: 1,
 * }]);
 * ```
 */
export function parseStatics(text: string): Statics {
  const { reservations, nameless, records, faults } = readLines(text);
  const macs = new Owners<Reservation>();
  const ips = new Owners<Reservation>();
  const xnames = new Map<string, string>();
  const leaseSeconds = new Map<string, number>();
  let before: Reservation | undefined;
  for (const claim of reservations) {
    // The lines of a node share their MACs.
    const isNew = claim.macs !== before?.macs || claim.host !== before.host;
    for (const mac of isNew ? claim.macs : []) macs.add(mac, claim);
    before = claim;
    if (claim.ip) ips.add(claim.ip, claim);
    if (claim.xname) xnames.set(claim.xname, claim.host);
    if (claim.seconds !== null) leaseSeconds.set(claim.host, claim.seconds);
  }
  const bmcs = new Map<string, StaticBmc>();
  for (const { host: name, node, line, ...own } of reservations) {
    if (!node) continue;
    const twin = bmcs.get(name);
    if (twin) faults.push({ line, message: twinMessage(twin), nodes: [node] });
    if (own.macs.length === 0) faults.push({ line, message: noMac(name), nodes: [node] });
    const mac = own.macs.find((mac) => macs.of.has(mac)) ?? null;
    const ip = own.ip ?? records.get(name)?.ip ?? null;
    bmcs.set(name, { name, node, mac, ip: ip && ips.shared.has(ip) ? null : ip, line });
  }
  for (const [name, { ip, line }] of records) {
    const node = nodeOf(name);
    if (!node || bmcs.has(name)) continue;
    const isOwn = !ip || (ips.of.get(ip) ?? name) === name && !ips.shared.has(ip);
    bmcs.set(name, { name, node, mac: null, ip: isOwn ? ip : null, line });
  }
  return {
    bmcs: [...bmcs.values()].sort((a, b) => a.name < b.name ? -1 : 1),
    macs: macs.of,
    addresses: ips.of,
    xnames,
    leaseSeconds,
    faults: [
      ...faults,
      ...sharedMacs(macs.shared),
      ...repeatedIps([...reservations, ...nameless], ips),
    ].sort((a, b) => a.line - b.line),
  };
}

function twinMessage({ name, line }: StaticBmc): string {
  return `${name} has a dhcp-host line already, line ${line}; the last one counts`;
}

function noMac(name: string): string {
  return `no MAC for ${name}: its lease is known by its address or name alone`;
}

/** Those of BMCs: which MACs nodes share concerns no lease of a BMC. */
function sharedMacs(shared: Owners<Reservation>["shared"]): StaticsFault[] {
  return [...shared].map(([mac, claims]) => sharedFault(`MAC ${mac}`, claims, SHARED_MAC))
    .filter(({ nodes }) => nodes.length > 0);
}

const SHARED_MAC = "none of them is known by it";
const NO_START = "dnsmasq does not start with that";

/** Those of any host, and of one host in two lines: without dnsmasq nobody has a lease. */
function repeatedIps(
  reservations: readonly Reservation[],
  ips: Owners<Reservation>,
): StaticsFault[] {
  const withIp = reservations.filter(({ ip }) => ip !== null);
  if (ips.of.size + ips.shared.size === withIp.length) return [];
  const inOrder = withIp.sort((a, b) => a.line - b.line);
  return [...Map.groupBy(inOrder, ({ ip }) => ip)].filter(([, { length }]) => length > 1)
    .map(([ip, claims]) => sharedFault(`address ${ip}`, claims, NO_START));
}

/** @param claims In the order of their lines: the second one is named. */
function sharedFault(
  what: string,
  claims: readonly Reservation[],
  consequence: string,
): StaticsFault {
  const hosts = [...new Set(claims.map(({ host }) => host))].sort();
  const whom = hosts.length > 1 ? hosts.join(", ") : `${hosts[0]} twice`;
  return {
    line: claims[1]?.line ?? 0,
    message: `${what} is given to ${whom}: ${consequence}`,
    nodes: [...new Set(claims.flatMap(({ node }) => node ?? []))].sort(),
  };
}

const MGMT = /-mgmt/i;

/** Whether a line may tell of a host: csi writes comments and records of nodes, too. */
function mayTell(line: string): boolean {
  if (line.startsWith("#")) return false;
  return line.includes("dhcp-host") || line.includes("-") && MGMT.test(line);
}

/** A host record of a BMC: its address, and where it is first named. */
interface HostRecord {
  readonly ip: string | null;
  readonly line: number;
}

/** What lines say, each on its own. */
interface Lines {
  readonly reservations: readonly Reservation[];
  /** Those that name no host. */
  readonly nameless: readonly Reservation[];
  readonly records: ReadonlyMap<string, HostRecord>;
  readonly faults: StaticsFault[];
}

function readLines(text: string): Lines {
  const reservations: Reservation[] = [];
  const nameless: Reservation[] = [];
  const records = new Map<string, HostRecord>();
  const faults: StaticsFault[] = [];
  const lines = new HostLines();
  for (const [i, raw] of splitLines(text).entries()) {
    // Most lines are of other kinds; large systems have tens of thousands.
    if (!mayTell(raw)) continue;
    const line = i + 1;
    const assignment = splitAssignment(raw);
    if (!assignment) {
      faults.push({ line, message: `a quote is not closed: ${NO_START}`, nodes: [] });
    }
    const [key, value] = assignment ?? [];
    if (value === undefined) continue;
    if (key === "host-record") addRecords(records, value, line);
    if (key !== "dhcp-host") continue;
    const read = lines.read(value, line);
    if ("wrong" in read) faults.push(refusedLine(read, line));
    else if (read.host === NAMELESS) nameless.push(read);
    else reservations.push(read);
  }
  return { reservations, nameless, records, faults };
}

function splitLines(text: string): string[] {
  return text.includes("\r") ? text.split(/\r\n|\r|\n/) : text.split("\n");
}

function addRecords(records: Map<string, HostRecord>, value: string, line: number): void {
  const words = value.split(",").map((word) => word.trim());
  const ip = words.find(isIpv4) ?? null;
  for (const name of words.map((word) => word.toLowerCase())) {
    const earlier = records.get(name);
    // One record may give the IPv6 address, another the IPv4 one.
    if (nodeOf(name) && !earlier?.ip) records.set(name, { ip, line: earlier?.line ?? line });
  }
}

function refusedLine({ wrong, node }: WrongWord, line: number): StaticsFault {
  const word = JSON.stringify(printable(wrong));
  const message = `${word} in a dhcp-host line is not a MAC, address, tag, host name or lease time`;
  return { line, message, nodes: node ? [node] : [] };
}
