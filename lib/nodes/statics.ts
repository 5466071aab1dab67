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
import { FormatError, type Place } from "../text/format_error.ts";
import { nodeOf } from "../text/host_name.ts";
import { printable } from "../text/printable.ts";
import { nodeXname } from "../text/xname.ts";

/** A BMC that statics.conf knows. */
export interface StaticBmc {
  /** For instance `ncn-w001-mgmt`. */
  readonly name: string;
  /** The node it manages, for instance `ncn-w001`. */
  readonly node: string;
  /** Lower case; `null` if only a host record names the BMC. */
  readonly mac: string | null;
  /** The address reserved for it. */
  readonly ip: string | null;
  /** Where it is first named, counted from 1. */
  readonly line: number;
}

/** What statics.conf says. */
export interface Statics {
  /** Every host whose name ends in `-mgmt`, sorted by name. */
  readonly bmcs: readonly StaticBmc[];
  /** Every MAC that a `dhcp-host` line names, and the host it belongs to. */
  readonly macs: ReadonlyMap<string, string>;
  /** The xnames of `dhcp-host` lines (`id:x3000c0s1b0n0`), lower case, each with its host. */
  readonly xnames: ReadonlyMap<string, string>;
}

/** A `dhcp-host` line: who gets which address. */
interface Reservation {
  readonly host: string;
  readonly xname: string | null;
  readonly macs: readonly string[];
  readonly ip: string | null;
  readonly line: number;
}

/** Who claimed a MAC or an address first, and where. */
interface Claim {
  readonly host: string;
  readonly line: number;
}

/**
 * Reads statics.conf. Lines of other kinds are ignored, as are the
 * duplicates that the generator writes: the four lines of a node share their
 * MACs, and a virtual address may name a host twice.
 *
 * @param text The whole file.
 * @param options `file`: its name in messages.
 * @returns The BMCs and the known MACs.
 * @throws {FormatError} If a line cannot be read, or if a MAC, an address or
 * a BMC's name is given to two hosts.
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
export function parseStatics(
  text: string,
  { file = "statics.conf" }: { file?: string } = {},
): Statics {
  const { reservations, records } = readLines(text, file);
  const macs = new Map<string, Claim>();
  const ips = new Map<string, Claim>();
  const bmcs = new Map<string, StaticBmc>();
  for (const reservation of reservations) {
    const { host, ip, line } = reservation;
    for (const mac of reservation.macs) claim(macs, mac, "MAC", reservation, file);
    if (ip) claim(ips, ip, "address", reservation, file);
    const node = nodeOf(host);
    if (!node) continue;
    refuseTwin(bmcs.get(host), { file, line });
    const mac = reservation.macs[0] ?? null;
    bmcs.set(host, { name: host, node, mac, ip: ip ?? records.get(host)?.ip ?? null, line });
  }
  for (const [name, { ip, line }] of records) {
    const node = nodeOf(name);
    if (!node || bmcs.has(name)) continue;
    if (ip) claim(ips, ip, "address", { host: name, line }, file);
    bmcs.set(name, { name, node, mac: null, ip, line });
  }
  return {
    bmcs: [...bmcs.values()].sort((a, b) => a.name < b.name ? -1 : 1),
    macs: new Map([...macs].map(([mac, { host }]) => [mac, host])),
    xnames: new Map(
      reservations.flatMap(({ xname, host }) => xname === null ? [] : [[xname, host]]),
    ),
  };
}

/** A host record of a BMC: its address, and where it is first named. */
interface HostRecord {
  readonly ip: string | null;
  readonly line: number;
}

function readLines(
  text: string,
  file: string,
): { reservations: readonly Reservation[]; records: ReadonlyMap<string, HostRecord> } {
  const reservations: Reservation[] = [];
  const records = new Map<string, HostRecord>();
  for (const [i, raw] of text.split(/\r\n|\r|\n/).entries()) {
    // Most lines are of other kinds; large systems have tens of thousands.
    if (!raw.includes("dhcp-host") && !raw.includes("-mgmt")) continue;
    const place = { file, line: i + 1 };
    const [key, value] = splitAssignment(raw);
    if (key === "dhcp-host") reservations.push(...parseDhcpHost(value, place));
    else if (key === "host-record") addRecords(records, value, place.line);
  }
  return { reservations, records };
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

function refuseTwin(earlier: StaticBmc | undefined, place: Place): void {
  if (!earlier) return;
  throw new FormatError(
    `${earlier.name} already has a dhcp-host line at line ${earlier.line}; give one of the two another name`,
    place,
  );
}

/** Splits `key=value # comment`; in dnsmasq a comment needs a blank before it. */
function splitAssignment(line: string): [key: string, value: string] {
  const code = line.includes("#") ? line.replace(/(^|\s)#[^]*$/, "") : line;
  const at = code.indexOf("=");
  return at < 0 ? [code.trim(), ""] : [code.slice(0, at).trim(), code.slice(at + 1).trim()];
}

/** @returns None for a line without a name (a tag for a MAC, say): it names no node. */
function parseDhcpHost(value: string, place: Place & { readonly line: number }): Reservation[] {
  const macs: string[] = [];
  let ip: string | null = null;
  let host: string | null = null;
  let xname: string | null = null;
  for (const each of value.split(",")) {
    const word = each.trim();
    if (word.startsWith("id:")) xname ??= nodeXname(word.slice(3));
    if (isTagOrTime(word)) continue;
    const mac = word.includes(":") ? parseMac(word) : null;
    if (mac) macs.push(mac);
    else if (isIpv4(word)) ip = word;
    else if (/^[\w.-]+$/.test(word)) host ??= word.toLowerCase();
    else if (!MAC_PATTERN.test(word)) {
      throw new FormatError(
        `${
          JSON.stringify(printable(word))
        } in a dhcp-host line is not a MAC, address, tag, host name or lease time`,
        place,
      );
    }
  }
  return host === null ? [] : [{ host, xname, macs, ip, line: place.line }];
}

/** A MAC with bytes left open, which names no machine. */
const MAC_PATTERN = /^(?=.*\*)[0-9a-f*]{1,2}(:[0-9a-f*]{1,2})+$/i;

/** `id:…`, `set:…`, `tag:…`, an IPv6 address in brackets, `20m`, `infinite`. */
function isTagOrTime(word: string): boolean {
  return /^(?:$|id:|set:|tag:|net:|\[|\*$|\d+[smhdw]?$|(?:ignore|infinite|deprecated)$)/i.test(
    word,
  );
}

function claim(
  claims: Map<string, Claim>,
  value: string,
  what: string,
  { host, line }: Claim,
  file: string,
): void {
  const earlier = claims.get(value);
  if (earlier && earlier.host !== host) {
    throw new FormatError(
      `${what} ${value} is given to ${host}, but line ${earlier.line} gives it to ${earlier.host}`,
      { file, line },
    );
  }
  if (!earlier) claims.set(value, { host, line });
}
