/**
 * Gathers what is known of boots from all sources. Each may be missing: then it is said
 * what cannot be seen, and the others go on.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { readLeases } from "../leases/read_leases.ts";
import type { Selection } from "../nodes/read_statics.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { foldHosts } from "../text/host_range.ts";
import type { BootEvidence, ServedToNode } from "./boot_evidence.ts";
import { BootLog } from "./boot_log.ts";
import type { BootRequest } from "./boot_request.ts";
import { ConsoleLogs } from "./console_logs.ts";
import { type DhcpSign, type DhcpSigns, dhcpSigns } from "./dhcp_signs.ts";
import { hostAt } from "./host_at.ts";
import { ownRequests } from "./own_requests.ts";
import { servedFiles } from "./served_files.ts";
import { transfersNow } from "./transfers.ts";
import { type Receiving, TransferWatch } from "./watch_transfers.ts";

/** Where the sources are, as seen from inside. */
export interface SourcePaths {
  readonly "access-log": string;
  readonly "console-dir": string;
  readonly leases: string;
  readonly "web-root": string;
}

/** A machine that statics.conf does not know, and that boots. */
export interface BootStranger {
  readonly address: string;
  /** `null` if no lease tells. */
  readonly mac: string | null;
  /** What it asked for; `null`: only for an address. */
  readonly path: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What all sources tell. */
export interface BootSight {
  /** Of all nodes, also of those that were not chosen: they are the peers of others. */
  readonly evidence: readonly BootEvidence[];
  readonly strangers: readonly BootStranger[];
  /** From when on the web server's log tells all, milliseconds since the epoch. */
  readonly since: number | null;
  /** What cannot be seen, and why. */
  readonly unseen: readonly string[];
  readonly now: number;
}

/** A boot asks for an address less often. */
const MOST_ASKED = 16;

/** What some sources tell, by node. */
interface SeenByNode {
  /** What was before does not matter, milliseconds since the epoch. */
  readonly horizon: number;
  readonly requests: ReadonlyMap<string, readonly BootRequest[]>;
  readonly dhcp: DhcpSigns["nodes"];
  readonly receiving: ReadonlyMap<string, Receiving>;
}

/** The sources, which go on while one looks. */
export class BootSources {
  readonly #paths: SourcePaths;
  readonly #host: Pick<Host, "root" | "context">;
  readonly #log: BootLog;
  readonly #consoles: ConsoleLogs;
  readonly #transfers = new TransferWatch();
  readonly #served = new Map<string, { readonly count: number; readonly served: ServedToNode }>();
  readonly #isBrief: boolean;
  /** When each node asked for an address, as it was seen look by look. */
  readonly #askedAt = new Map<string, readonly number[]>();

  /**
   * @param paths Where they are.
   * @param host The file system, the clock, and the search path.
   * @param options `isBrief`: whether to look only at nodes that the log tells of, and at
   * nothing else where it tells of none.
   */
  constructor(
    paths: SourcePaths,
    host: Pick<Host, "root" | "context">,
    { isBrief = false }: { readonly isBrief?: boolean } = {},
  ) {
    this.#isBrief = isBrief;
    const { root } = host;
    this.#paths = paths;
    this.#host = host;
    this.#log = new BootLog(root, paths["access-log"]);
    this.#consoles = new ConsoleLogs(root, paths["console-dir"]);
  }

  /**
   * Looks at all of them.
   *
   * @param selection Which nodes there are.
   * @param horizon What was before does not matter, milliseconds since the epoch.
   */
  async look({ statics, chosen, choice }: Selection, horizon: number): Promise<BootSight> {
    const now = this.#host.context.now();
    const { requests, since, problems } = this.#log.look({ horizon, now });
    const unseen = [...problems];
    const own = ownRequests(requests, statics);
    if (this.#isBrief && own.nodes.size === 0) {
      return { evidence: [], strangers: [], since, unseen, now };
    }
    const [dhcp, receiving] = await Promise.all([
      this.#dhcp(statics, unseen),
      this.#receiving(unseen),
    ]);
    this.#consoles.list();
    const seen = {
      horizon,
      requests: own.nodes,
      dhcp: dhcp.nodes,
      receiving: byHost(receiving, statics),
    };
    const isChosen = new Set(chosen.map(({ node }) => node));
    const evidence = statics.bmcs.filter(({ node }) => node !== choice.pit || isChosen.has(node))
      .map((bmc) => this.#evidenceOf(bmc, seen));
    unseen.push(...unseenConsoles(evidence.filter(({ node }) => isChosen.has(node))));
    return { evidence, strangers: strangersIn(own.strangers, dhcp, horizon), since, unseen, now };
  }

  #evidenceOf({ node, name }: StaticBmc, seen: SeenByNode): BootEvidence {
    const requests = seen.requests.get(node) ?? [];
    const asked = seen.dhcp.get(node) ?? null;
    const isLookedAt = !this.#isBrief || seen.requests.has(node);
    return {
      node,
      requests,
      dhcp: asked && asked.at >= seen.horizon ? asked : null,
      askedAt: this.#askedBy(node, asked),
      console: isLookedAt ? this.#consoles.look(name, seen.horizon) : null,
      receiving: seen.receiving.get(node) ?? null,
      served: this.#servedTo(node, requests),
    };
  }

  async #dhcp(statics: Selection["statics"], unseen: string[]): Promise<DhcpSigns> {
    try {
      const leases = await readLeases(this.#paths.leases, this.#host);
      return dhcpSigns(leases, statics, this.#host.context.now());
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      unseen.push(error.message);
      return { nodes: new Map(), strangers: [] };
    }
  }

  #askedBy(node: string, sign: DhcpSign | null): readonly number[] {
    const known = this.#askedAt.get(node) ?? [];
    if (!sign || known.at(-1) === sign.at) return known;
    const all = [...known, sign.at].slice(-MOST_ASKED);
    this.#askedAt.set(node, all);
    return all;
  }

  /** Below `--root` are connections of another machine. */
  async #receiving(unseen: string[]): Promise<ReadonlyMap<string, Receiving>> {
    const { root, context } = this.#host;
    const transfers = root.isMachine
      ? await transfersNow(context)
      : "ss tells of this machine alone";
    if (typeof transfers !== "string") return this.#transfers.look(transfers, context.now());
    unseen.push(`who receives something now: ${transfers}`);
    return new Map();
  }

  /** Looks again whenever a node has asked for something. */
  #servedTo(node: string, requests: readonly BootRequest[]): ServedToNode {
    const known = this.#served.get(node);
    if (known?.count === requests.length) return known.served;
    const served = requests.length === 0
      ? { files: {}, keepsDisks: false }
      : servedFiles(this.#host.root, `${this.#paths["web-root"]}/${node}`);
    this.#served.set(node, { count: requests.length, served });
    return served;
  }
}

function unseenConsoles(evidence: readonly BootEvidence[]): string[] {
  const silent = evidence.filter(({ console }) => console === null).map(({ node }) => node);
  if (silent.length === 0) return [];
  return [`whether a node is up, and what it says: no console log of ${foldHosts(silent)}`];
}

/** What each node receives: a connection that it left behind lasts for a while. */
function byHost(
  receiving: ReadonlyMap<string, Receiving>,
  statics: Selection["statics"],
): ReadonlyMap<string, Receiving> {
  const hosts = new Map<string, Receiving>();
  for (const [address, transfer] of receiving) {
    const host = hostAt(address, statics);
    if (host === null || transfer.grew < (hosts.get(host)?.grew ?? -Infinity)) continue;
    hosts.set(host, transfer);
  }
  return hosts;
}

/** Each once: what it asked for last, and its MAC. */
function strangersIn(
  requests: readonly BootRequest[],
  { strangers }: DhcpSigns,
  horizon: number,
): BootStranger[] {
  const macs = new Map(strangers.map(({ ip, mac }) => [ip, mac]));
  const found = new Map<string, BootStranger>();
  for (const { ip, mac, at } of strangers) {
    if (at >= horizon) found.set(ip, { address: ip, mac, path: null, at });
  }
  for (const { address, path, at } of requests) {
    found.set(address, { address, mac: macs.get(address) ?? null, path, at });
  }
  return [...found.values()].sort((a, b) => a.address < b.address ? -1 : 1);
}
