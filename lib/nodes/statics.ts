/**
 * `/etc/dnsmasq.d/statics.conf`: the nodes of a system and their BMCs.
 *
 * The file is dnsmasq configuration that cray-site-init generates: `dhcp-host=`
 * lines with MACs, address and name, `host-record=` lines with names and
 * addresses. Format: dnsmasq(8).
 *
 * @module
 */

import { isIpv4, parseMac } from "../text/addresses.ts";
import { nodeOf } from "../text/host_name.ts";
import { printable } from "../text/printable.ts";
import { nodeXname } from "../text/xname.ts";
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
  /** The xnames of `dhcp-host` lines (`id:x3000c0s1b0n0`), lower case, each with its host. */
  readonly xnames: ReadonlyMap<string, string>;
  /** What concerns BMCs, and what dnsmasq does not take; sorted by line. */
  readonly faults: readonly StaticsFault[];
}

/** A `dhcp-host` line: who gets which address. */
interface Reservation {
  readonly host: string;
  /** The node, if the host is its BMC. */
  readonly node: string | null;
  readonly xname: string | null;
  readonly macs: readonly string[];
  readonly ip: string | null;
  readonly line: number;
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
  const { reservations, records, faults } = readLines(text);
  const macs = new Owners<Reservation>();
  const ips = new Owners<Reservation>();
  const xnames = new Map<string, string>();
  for (const claim of reservations) {
    for (const mac of claim.macs) macs.add(mac, claim);
    if (claim.ip) ips.add(claim.ip, claim);
    if (claim.xname) xnames.set(claim.xname, claim.host);
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
    xnames,
    faults: [
      ...faults,
      ...sharedFaults(macs.shared, "MAC", "none of them is known by it"),
      ...sharedFaults(ips.shared, "address", "dnsmasq does not start with that"),
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
function sharedFaults(
  shared: ReadonlyMap<string, readonly Reservation[]>,
  what: string,
  consequence: string,
): StaticsFault[] {
  return [...shared].flatMap(([value, claims]) => {
    const nodes = [...new Set(claims.flatMap(({ node }) => node ?? []))].sort();
    if (nodes.length === 0) return [];
    const hosts = [...new Set(claims.map(({ host }) => host))].sort();
    const line = Math.max(...claims.map(({ line }) => line));
    return [{
      line,
      message: `${what} ${value} is given to ${hosts.join(", ")}: ${consequence}`,
      nodes,
    }];
  });
}

/** A host record of a BMC: its address, and where it is first named. */
interface HostRecord {
  readonly ip: string | null;
  readonly line: number;
}

/** What lines say, each on its own. */
interface Lines {
  readonly reservations: readonly Reservation[];
  readonly records: ReadonlyMap<string, HostRecord>;
  readonly faults: StaticsFault[];
}

function readLines(text: string): Lines {
  const reservations: Reservation[] = [];
  const records = new Map<string, HostRecord>();
  const faults: StaticsFault[] = [];
  const words = new HostWords();
  for (const [i, raw] of splitLines(text).entries()) {
    // Most lines are of other kinds; large systems have tens of thousands.
    if (!raw.includes("dhcp-host") && !raw.includes("-mgmt")) continue;
    const [key, value] = splitAssignment(raw);
    if (key === "host-record") addRecords(records, value, i + 1);
    if (key !== "dhcp-host") continue;
    const read = parseDhcpHost(value, i + 1, words);
    if (!read) continue;
    if ("message" in read) faults.push(read);
    else reservations.push(read);
  }
  return { reservations, records, faults };
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

/** Splits `key=value # comment`; in dnsmasq a comment needs a blank before it. */
function splitAssignment(line: string): [key: string, value: string] {
  const code = line.includes("#") ? line.replace(/(^|\s)#[^]*$/, "") : line;
  const at = code.indexOf("=");
  return at < 0 ? [code.trim(), ""] : [code.slice(0, at).trim(), code.slice(at + 1).trim()];
}

/** @returns `null` for a line without a name (a tag for a MAC, say): it names no node. */
function parseDhcpHost(
  value: string,
  line: number,
  words: HostWords,
): Reservation | StaticsFault | null {
  const macs: string[] = [];
  let ip: string | null = null;
  let host: string | null = null;
  let xname: string | null = null;
  let wrong: string | null = null;
  for (const each of value.split(",")) {
    const word = words.read(each);
    if (word.kind === "id") xname ??= word.value;
    else if (word.kind === "mac") macs.push(word.value);
    else if (word.kind === "ip") ip = word.value;
    // Of several names the last counts.
    else if (word.kind === "host") host = word.value;
    else if (word.kind === "wrong") wrong ??= word.value;
  }
  const node = nodeOf(host ?? "");
  if (wrong !== null) return { line, message: refusedWord(wrong), nodes: node ? [node] : [] };
  return host === null ? null : { host, node, xname, macs, ip, line };
}

/** A word of a `dhcp-host` line. */
type HostWord =
  | { readonly kind: "mac" | "ip" | "host" | "wrong"; readonly value: string }
  /** `id:…`, with the xname if it is one. */
  | { readonly kind: "id"; readonly value: string | null }
  /** A tag, a time, and what else says nothing of a node. */
  | { readonly kind: "other" };

/** Reads words, each once: the lines of a node have most of theirs in common. */
class HostWords {
  readonly #known = new Map<string, HostWord>();

  read(text: string): HostWord {
    let word = this.#known.get(text);
    if (!word) this.#known.set(text, word = readWord(text.trim()));
    return word;
  }
}

function readWord(word: string): HostWord {
  if (word.startsWith("id:")) return { kind: "id", value: nodeXname(word.slice(3)) };
  if (isTagOrTime(word)) return { kind: "other" };
  const mac = word.includes(":") ? parseMac(word) : null;
  if (mac) return { kind: "mac", value: mac };
  if (isIpv4(word)) return { kind: "ip", value: word };
  // A MAC without colons is a name, too.
  if (/^[\w.-]+$/.test(word)) return { kind: "host", value: hostOf(word) };
  return MAC_PATTERN.test(word) ? { kind: "other" } : { kind: "wrong", value: word };
}

/** dnsmasq takes the domain off a name. */
function hostOf(word: string): string {
  return word.toLowerCase().replace(/\..*$/, "");
}

function refusedWord(word: string): string {
  return `${
    JSON.stringify(printable(word))
  } in a dhcp-host line is not a MAC, address, tag, host name or lease time`;
}

/** A MAC with bytes left open, which names no machine. */
const MAC_PATTERN = /^(?=.*\*)[0-9a-f*]{1,2}(:[0-9a-f*]{1,2})+$/i;

/** `id:…`, `set:…`, `tag:…`, an IPv6 address in brackets, `20m`, `infinite`. */
function isTagOrTime(word: string): boolean {
  return /^(?:$|id:|set:|tag:|net:|\[|\*$|\d+[smhdw]?$|(?:ignore|infinite|deprecated)$)/i.test(
    word,
  );
}
