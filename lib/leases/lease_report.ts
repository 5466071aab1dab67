/**
 * What an administrator should know of the leases.
 *
 * @module
 */

import { bmcWord } from "../document/bmc_words.ts";
import type { Bmc, BmcLease, BmcReason, BmcState } from "../document/document.ts";
import type { Typed } from "../document/hint.ts";
import { hasRightPassword, isLockedOut } from "../document/locked_out.ts";
import type { ProblemDetails, Report } from "../document/problems.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { nodesOf } from "../text/host_name.ts";
import { foldHosts } from "../text/host_range.ts";
import { printable } from "../text/printable.ts";
import { table } from "../text/table.ts";
import type { LastSight } from "./lease_wait.ts";

/** What fits into 80 columns beside MAC and address. */
const NAME_WIDTH = 38;
/** More strangers than this say nothing about a mistyped MAC. */
const MOST_STRANGERS = 20;

/** What was waited for, and what came of it. */
export interface Wait extends LastSight {
  /** The BMCs that should have a lease. */
  readonly expected: readonly StaticBmc[];
  /** What bmc-dhcp saw of them, if it ran. */
  readonly bmcs: readonly Bmc[];
  /** The file of the leases. */
  readonly path: string;
}

/** A BMC in such a state can be reset; one that was reset would not come by one more. */
const RESETTABLE: ReadonlySet<BmcState> = new Set<BmcState>(["changed", "already", "unknown"]);
/** Why one failed that may come by a reset. */
const RESET_HELPS: ReadonlySet<BmcReason | null> = new Set<BmcReason | null>([
  "not-kept",
  "busy",
  null,
]);

/** Where nobody has asked a BMC, it may well be reached. */
function isResettable(bmc: Bmc | undefined): boolean {
  if (!bmc) return true;
  return RESETTABLE.has(bmc.state) ||
    bmc.state === "failed" && RESET_HELPS.has(bmc.reason ?? null);
}

/**
 * Names the BMCs without a lease, those whose lease is not where it should be, and the
 * leases of strangers.
 */
export function leaseProblems(wait: Wait): Report[] {
  const elsewhere = leasesElsewhere(wait.expected, wait.leases);
  return [
    ...missingBmcs(wait),
    ...elsewhere ? [["leases-elsewhere", elsewhere] as const] : [],
    ...severalLeases(wait),
    ...strangers(wait),
  ];
}

/** Says which of several leases of one BMC counts: others may look for it at the other address. */
function severalLeases({ leases, older }: Wait): Report[] {
  if (older.length === 0) return [];
  const counting = new Map(leases.map(({ bmc, ip }) => [bmc, ip]));
  const rows = older.map(({ bmc, ip }) => [bmc, counting.get(bmc) ?? "", `older: ${ip}`]);
  return [["leases-several", {
    message: `BMCs with more than one lease, of which the newest counts:${inRows(rows)}`,
    hint: "the older ones end by themselves; nothing is to be done",
    nodes: nodesOf([...new Set(older.map(({ bmc }) => bmc))]),
  }]];
}

/**
 * Finds the BMCs whose lease is not at the address that statics.conf reserves: loops over
 * its addresses, and conman, do not find them there.
 *
 * @param expected The BMCs.
 * @param leases Their leases.
 * @returns `null` if there are none.
 */
export function leasesElsewhere(
  expected: readonly StaticBmc[],
  leases: readonly BmcLease[],
): ProblemDetails | null {
  const given = new Map(leases.map(({ bmc, ip }) => [bmc, ip]));
  const found = expected.flatMap(({ name, node, ip }) => {
    const own = given.get(name);
    return ip === null || own === undefined || own === ip ? [] : [{ name, node, ip, own }];
  });
  if (found.length === 0) return null;
  const nodes = found.map(({ node }) => node);
  const rows = found.map(({ name, ip, own }) => [name, own, `reserved: ${ip}`]);
  const subject = found.length === 1 ? "1 BMC has its" : `${found.length} BMCs have their`;
  return {
    message: `${subject} lease at another address than statics.conf reserves:${inRows(rows)}`,
    hint: askingAnew(found.map(({ own }) => own)),
    nodes,
  };
}

/**
 * Says how BMCs come by the addresses that are reserved for them. Where conman.conf has
 * them they do not answer, so bmc-dhcp cannot reset them.
 *
 * @param ips Where they are.
 */
export function askingAnew(ips: readonly string[]): string {
  const [ip = "", ...others] = ips;
  const reset = (host: string): string => `ipmitool -I lanplus -H ${host} -U root -E mc reset cold`;
  const command = others.length === 0
    ? reset(ip)
    : `for ip in ${ips.join(" ")}; do ${reset("$ip")}; done`;
  return `check port and VLAN; a BMC asks anew when its lease ends, or after a reset: ${command}`;
}

function missingBmcs(wait: Wait): Report[] {
  const { missing, expected, bmcs, seconds } = wait;
  if (missing.length === 0) return [];
  const states = new Map(bmcs.map((bmc) => [bmc.name, bmcWord(bmc)]));
  const isMissing = new Set(missing);
  const rows = expected.filter(({ name }) => isMissing.has(name)).map(({ name, mac, ip }) => [
    name,
    mac ?? "MAC unknown",
    ip ?? "address unknown",
    states.has(name) ? `bmc-dhcp: ${states.get(name)}` : "",
  ]);
  const waited = seconds > 0 ? ` after ${seconds} s` : "";
  return [["leases-missing", {
    message: `${missing.length} of ${expected.length} BMCs ${
      missing.length === 1 ? "has" : "have"
    } no lease${waited}:${inRows(rows)}`,
    hint: (typed) => missingHint(wait, typed),
    nodes: nodesOf(missing),
  }]];
}

function missingHint({ missing, bmcs, path, isThere, areGone }: Wait, typed: Typed): string {
  const dnsmasq = "is dnsmasq running (systemctl status dnsmasq)?";
  if (!isThere) return `${path} did not exist: dnsmasq writes it; ${dnsmasq}`;
  if (areGone) return `all leases have expired: ${dnsmasq}`;
  const byName = new Map(bmcs.map((bmc) => [bmc.name, bmc]));
  const locked = missing.filter((name) => {
    const bmc = byName.get(name);
    return bmc !== undefined && isLockedOut(bmc);
  });
  const isRight = (name: string): boolean => hasRightPassword(byName.get(name)?.reason ?? null);
  const [wrong, right] = [locked.filter((name) => !isRight(name)), locked.filter(isRight)];
  const reachable = missing.filter((name) => isResettable(byName.get(name)));
  const wereReset = missing.filter((name) => byName.get(name)?.state === "reset");
  const named = (names: readonly string[]): string => foldHosts(nodesOf(names));
  return [
    ...locked.length < missing.length ? ["check power and cabling"] : [],
    ...reachable.length > 0
      ? [`reset them: ${typed.command("bmc-dhcp", "--reset", "--nodes", named(reachable))}`]
      : [],
    ...wereReset.length > 0
      ? [`these were reset: look into their web interface (${named(wereReset)})`]
      : [],
    ...wrong.length > 0
      ? [
        `user or password refused: check both, U: in conman.conf and the password (${
          named(wrong)
        })`,
      ]
      : [],
    ...right.length > 0
      ? [`user or K_g key refused: check U: and K: in conman.conf (${named(right)})`]
      : [],
  ].join("; ");
}

/** Names the leases of machines that statics.conf does not know. */
export function strangers(
  { missing, unexpected, path }: Pick<Wait, "missing" | "unexpected" | "path">,
): Report[] {
  if (unexpected.length === 0) return [];
  const more = unexpected.length - MOST_STRANGERS;
  const rows = unexpected.slice(0, MOST_STRANGERS).map(({ mac, ip, hostname }) => [
    mac,
    ip,
    hostname === null ? "" : printable(hostname, NAME_WIDTH),
  ]);
  const others = more > 0 ? `\n    and ${more} more` : "";
  return [["leases-unexpected", {
    message: `unexpected leases in ${path}:${inRows(rows)}${others}`,
    hint: missing.length > 0
      ? `if one of them is a BMC from ${foldHosts(missing)}, its MAC in statics.conf is mistyped`
      : "statics.conf does not know them: is the MAC of a node mistyped there?",
  }]];
}

/** Below each other, in columns. */
function inRows(rows: readonly (readonly string[])[]): string {
  return table(rows, Infinity).map((row) => `\n    ${row}`).join("");
}
