/**
 * Why nodes are not served.
 *
 * @module
 */

import type { Bmc, BmcState, Cause } from "../document/document.ts";
import type { ProblemCode } from "../document/problems.ts";

/** What is known of nodes in the end. */
export interface Known {
  /** What became of the setting of BMCs; `undefined` if nobody tried. */
  readonly bmcs: readonly Bmc[] | undefined;
  /** The nodes whose BMCs have a lease. */
  readonly leased: ReadonlySet<string>;
  /** The nodes that were set up. */
  readonly served: ReadonlySet<string>;
  /** The nodes that no role has. */
  readonly withoutRole: ReadonlySet<string>;
  /** Why boot directories were not made, by node; `null` for those that were not begun. */
  readonly failed: ReadonlyMap<string, string | null>;
  /** Whether the wait for leases ended before its time. */
  readonly isCutOff: boolean;
  /** Where the password came from, for instance `IPMI_PASSWORD`. */
  readonly password: string;
  /** The file of the leases that is not there; `null` if it is. */
  readonly lacking: string | null;
}

/** The BMC has been told, or was on DHCP before: who restarts it helps it to ask. */
const ASKS: ReadonlySet<BmcState> = new Set(["changed", "already", "reset", "unknown"]);

/**
 * Finds out why a node is not served.
 *
 * @param node For instance `ncn-w003`.
 * @param known What is known of all of them.
 * @returns `null` if it is.
 */
export function causeOf(node: string, known: Known): Cause | null {
  const { leased, served, withoutRole, failed } = known;
  const reason = failed.get(node);
  if (reason !== undefined) {
    const message = reason ?? "its boot directory was not begun";
    return cause("node-failed", message, "mend that, and run again");
  }
  if (!leased.has(node)) return withoutLease(node, known);
  if (served.has(node)) return null;
  return withoutRole.has(node)
    ? cause("node-without-role", "no role has such nodes", "add one to /etc/pitboot.json")
    : cause("node-failed", "has a lease, and was not set up yet", "run again");
}

function withoutLease(node: string, known: Known): Cause {
  const { bmcs, leased, served, isCutOff, password, lacking } = known;
  const bmc = bmcs?.find((bmc) => bmc.node === node);
  if (!bmc) {
    return bmcs
      ? cause("bmc-unlisted", "no lease, and no console to set it", "add it to conman.conf")
      : cause("leases-missing", "its BMC has no lease", `pitboot bmc-dhcp --nodes ${node}`);
  }
  if (!ASKS.has(bmc.state)) return ofBmc(bmc, password);
  // Nobody knows whether it asks, and to restart it helps nobody.
  if (lacking !== null) {
    return cause("leases-missing", `there is no ${lacking}`, "systemctl status dnsmasq");
  }
  if (served.has(node)) {
    // BMCs fail one by one.
    const isAll = leased.size === 0 && served.size > 1;
    const hint = isAll ? "systemctl status dnsmasq" : "power? cable?";
    return cause("leases-missing", "has lost its lease", hint);
  }
  if (isCutOff) return cause("leases-missing", "has no lease yet", "run again");
  return cause("leases-missing", "asks for no lease", resetOf(node));
}

function ofBmc({ node, state, address, message }: Bmc, password: string): Cause {
  switch (state) {
    case "unreachable":
      return message === null || message.startsWith("no answer")
        ? cause("bmc-unreachable", `no answer on ${address}`, "power? cable? IPMI off?")
        : cause("bmc-unreachable", `${message} (${address})`, "power? cable? address?");
    case "denied":
      return cause("bmc-denied", "refused user or password", `${password}? U: in conman.conf?`);
    case "failed":
      return message?.includes("did not keep it")
        ? cause("bmc-failed", "has not kept the setting", resetOf(node))
        : cause("bmc-failed", message ?? "could not be set", "look into bmc-dhcp.log");
    default:
      return ofSkipped(message ?? "was not tried", password);
  }
}

function ofSkipped(message: string, password: string): Cause {
  if (message === "no password") {
    return cause("password-missing", "no lease, and no password to set it", "set IPMI_PASSWORD");
  }
  return message.startsWith("not asked")
    ? cause("bmc-denied", "not asked: others refused", `${password}? --keep-going?`)
    : cause("leases-missing", message, "run again");
}

function resetOf(node: string): string {
  return `pitboot bmc-dhcp --reset --nodes ${node}`;
}

function cause(code: ProblemCode, message: string, hint: string): Cause {
  return { code, message, hint };
}
