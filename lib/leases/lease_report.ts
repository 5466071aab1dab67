/**
 * What an administrator should know of the leases.
 *
 * @module
 */

import type { Bmc } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { nodeOf, nodesOf } from "../text/host_name.ts";
import { foldHosts } from "../text/host_range.ts";
import { printable } from "../text/printable.ts";
import type { Lease } from "./leases.ts";
import type { LeaseMatch } from "./match_leases.ts";

/** More strangers than this say nothing about a mistyped MAC. */
const MOST_STRANGERS = 20;

/** What was waited for. */
export interface Wait {
  /** The BMCs that should have a lease. */
  readonly expected: readonly StaticBmc[];
  /** What bmc-dhcp saw of them, if it ran. */
  readonly bmcs: readonly Bmc[];
  /** How many seconds they had. */
  readonly timeout: number;
  /** The file of the leases. */
  readonly leases: string;
  /** Whether that file was there in the end. */
  readonly isThere: boolean;
}

/**
 * Names the BMCs without a lease, and unexpected leases: all of
 * them while BMCs are missing, and always those of machines that call
 * themselves a BMC.
 */
export function leaseProblems(match: LeaseMatch, wait: Wait): Report[] {
  return [...missingBmcs(match, wait), ...strangers(match, wait)];
}

function missingBmcs({ missing }: LeaseMatch, wait: Wait): Report[] {
  const { expected, bmcs, timeout, leases, isThere } = wait;
  if (missing.length === 0) return [];
  const states = new Map(bmcs.map(({ name, state }) => [name, `, bmc-dhcp: ${state}`]));
  const isMissing = new Set(missing);
  const lines = expected.filter(({ name }) => isMissing.has(name)).map(({ name, mac, ip }) =>
    `${name} (MAC ${mac ?? "unknown"}, address ${ip ?? "unknown"}${states.get(name) ?? ""})`
  );
  const waited = timeout > 0 ? ` after ${timeout} s` : "";
  const nodes = nodesOf(missing);
  const reset = `pitboot bmc-dhcp --reset --nodes ${foldHosts(nodes)}`;
  return [["leases-missing", {
    message: `${missing.length} of ${expected.length} BMCs have no lease${waited}:${
      inLines(lines)
    }`,
    hint: isThere
      ? `check power and cabling; restart them: ${reset}`
      : `${leases} was not there: dnsmasq writes it; is it running (systemctl status dnsmasq)?`,
    nodes,
  }]];
}

function strangers({ missing, unexpected }: LeaseMatch, { leases }: Wait): Report[] {
  const named = unexpected
    .filter(({ hostname }) => missing.length > 0 || nodeOf(hostname?.toLowerCase() ?? ""));
  if (named.length === 0) return [];
  const more = named.length - MOST_STRANGERS;
  const words = named.slice(0, MOST_STRANGERS).map(describe);
  const lines = inLines(more > 0 ? [...words, `and ${more} more`] : words);
  return [["leases-unexpected", {
    message: `unexpected leases in ${leases}:${lines}`,
    hint: missing.length > 0
      ? `if one of them is a BMC from ${foldHosts(missing)}, its MAC in statics.conf is mistyped`
      : "statics.conf does not know them, so they get no boot directory",
  }]];
}

/** One in the same line, several below each other. */
function inLines(items: readonly string[]): string {
  return items.length > 1 ? items.map((item) => `\n    ${item}`).join("") : ` ${items.join("")}`;
}

function describe({ mac, ip, hostname }: Lease): string {
  return `${mac} ${ip}${hostname === null ? "" : ` (${printable(hostname, 63)})`}`;
}
