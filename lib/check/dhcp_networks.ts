/**
 * What dnsmasq tells the machines of each network.
 *
 * @module
 */

/** A router that dnsmasq announces. */
export interface Router {
  readonly interface: string;
  readonly address: string;
}

/** What the files of dnsmasq.d say of networks. */
export interface DhcpNetworks {
  /** The interfaces on which addresses are given, each once. */
  readonly served: readonly string[];
  /** The first address that is given on each of them. */
  readonly firsts: ReadonlyMap<string, string>;
  readonly routers: readonly Router[];
  /** The name servers, which are the PIT's own addresses. */
  readonly nameServers: ReadonlySet<string>;
  /** The first and the last address of each network that a `domain` line names. */
  readonly networks: readonly (readonly [first: string, last: string])[];
}

/**
 * Reads what dnsmasq tells machines.
 *
 * @param text The files of dnsmasq.d, one behind the other.
 */
export function parseDhcpNetworks(text: string): DhcpNetworks {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.replace(/(^|\s)#.*/, "").trim());
  const all = (pattern: RegExp): string[][] =>
    lines.flatMap((line) => {
      const match = pattern.exec(line);
      return match ? [match.slice(1)] : [];
    });
  const ranges = all(DHCP_RANGE).map(([name = "", first = ""]) => [name, first] as const);
  return {
    served: [...new Set(ranges.map(([name]) => name))],
    firsts: new Map(ranges),
    routers: all(ROUTER).map(([name = "", address = ""]) => ({ interface: name, address })),
    nameServers: new Set(all(NAME_SERVER).flat()),
    networks: all(NETWORK).map(([first = "", last = ""]) => [first, last] as const),
  };
}

const DHCP_RANGE = /^dhcp-range\s*=\s*(?:interface|tag):([^,\s]+),([\d.]*)/;
const ROUTER = /^dhcp-option\s*=\s*(?:interface|tag):([^,\s]+),(?:option:router|3),([\d.]+)/;
const NAME_SERVER = /^dhcp-option\s*=\s*(?:interface|tag):[^,\s]+,(?:option:dns-server|6),([\d.]+)/;
const NETWORK = /^domain\s*=\s*[^,]+,([\d.]+),([\d.]+)/;

/**
 * An IPv4 address as a number, by which addresses can be compared.
 *
 * @param address For instance `10.254.1.1`.
 */
export function ipNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
