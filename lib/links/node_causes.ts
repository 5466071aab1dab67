/**
 * Why nodes are not ready.
 *
 * @module
 */

import type { Unreadable } from "../boot/unreadable.ts";
import type { Bmc, BmcState, Cause } from "../document/document.ts";
import type { ProblemCode } from "../document/problems.ts";

/** All that is known of nodes in the end. */
export interface Known {
  /** The results for BMCs; `undefined` if nobody tried to switch them. */
  readonly bmcs: readonly Bmc[] | undefined;
  /** The nodes whose BMCs have a lease. */
  readonly leased: ReadonlySet<string>;
  /** The nodes that were set up. */
  readonly served: ReadonlySet<string>;
  /** The nodes that no role has. */
  readonly withoutRole: ReadonlySet<string>;
  /** Why boot directories were not made, by node; `null` for those that were not begun. */
  readonly failed: ReadonlyMap<string, string | null>;
  /** Why nodes that were set up cannot fetch their script, by node. */
  readonly unreadable: ReadonlyMap<string, Unreadable>;
  /** Whether the wait for leases ended before its time. */
  readonly isCutOff: boolean;
  /** The source of the password, for instance `IPMI_PASSWORD`. */
  readonly password: string;
  /** The file of the leases that does not exist; `null` if it does. */
  readonly lacking: string | null;
}

/** The BMC was switched, or was on DHCP before: a reset helps it to request a lease. */
const REQUESTS: ReadonlySet<BmcState> = new Set(["changed", "already", "reset", "unknown"]);
const SET = "pitboot bmc-dhcp";
const RESET = `${SET} --reset`;

/**
 * Finds out why a node is not ready.
 *
 * @param node For instance `ncn-w003`.
 * @param known What is known of all of them.
 * @returns `null` if it is.
 */
export function causeOf(node: string, known: Known): Cause | null {
  const { leased, served, withoutRole, failed, unreadable } = known;
  const words = failed.get(node);
  if (words !== undefined) {
    const message = words ?? "its boot directory was not begun";
    return cause("node-failed", message, "fix that and run again");
  }
  if (!leased.has(node)) return withoutLease(node, known);
  const { words: closed, cure } = unreadable.get(node) ?? {};
  if (closed !== undefined) return cause("node-not-whole", closed, cure);
  if (served.has(node)) return null;
  return withoutRole.has(node)
    ? cause("node-without-role", "no role has such nodes", "add one to /etc/pitboot.json")
    : cause("node-failed", "has a lease, but was not set up yet", "run again");
}

function withoutLease(node: string, known: Known): Cause {
  const { bmcs, leased, served, isCutOff, password, lacking } = known;
  const bmc = bmcs?.find((bmc) => bmc.node === node);
  if (!bmc) {
    return bmcs
      ? cause("bmc-unlisted", "no lease, and no console for its BMC", "add it to conman.conf")
      : withCommand(SET, node, cause("leases-missing", "its BMC has no lease"));
  }
  if (!REQUESTS.has(bmc.state)) return ofBmc(bmc, password);
  // Nobody knows whether it requests one, and a reset does not help.
  if (lacking !== null) {
    return cause("leases-missing", `${lacking} does not exist`, "systemctl status dnsmasq");
  }
  if (served.has(node)) {
    // BMCs fail one by one.
    const isAll = leased.size === 0 && served.size > 1;
    const hint = isAll ? "systemctl status dnsmasq" : "power? cable?";
    return cause("leases-missing", "has lost its lease", hint);
  }
  if (isCutOff) return cause("leases-missing", "has no lease yet", "run again");
  return withCommand(RESET, node, cause("leases-missing", "does not request a lease"));
}

/** In few words: what was said of the BMC before has more. */
function ofBmc({ node, state, reason, address, message }: Bmc, password: string): Cause {
  switch (reason) {
    case "no-answer":
    case "timed-out":
      return { ...cause("bmc-unreachable", "no answer", "power? cable? IPMI off?"), address };
    case "ipmi-off":
      return {
        ...withCommand(
          `${SET} --redfish auto`,
          node,
          cause("bmc-unreachable", "IPMI is off, Redfish answers"),
        ),
        address,
      };
    case "starting":
      return { ...cause("bmc-unreachable", "is starting", "run again in some minutes"), address };
    case "password-expired":
      return cause("bmc-denied", "its password must be changed first", "its web interface");
    case "refused-role":
      return cause("bmc-denied", "this user may not set it", "U: in conman.conf?");
    case "no-key":
      return cause("bmc-denied", "its K_g key is missing or wrong", "K: in conman.conf?");
    case "not-kept":
      return withCommand(RESET, node, cause("bmc-failed", "did not keep the setting"));
    case "no-password":
      return cause("password-missing", "no lease, and no BMC password", "set IPMI_PASSWORD");
    case "not-asked":
      return cause("bmc-denied", "not asked: others refused", `${password}? --keep-going?`);
  }
  switch (state) {
    case "unreachable": {
      const words = message ?? "no answer";
      return { ...cause("bmc-unreachable", words, "power? cable? address?"), address };
    }
    case "denied":
      return cause("bmc-denied", "refused user or password", `${password}? U: in conman.conf?`);
    case "failed":
      return cause("bmc-failed", message ?? "was not switched to DHCP", "see bmc-dhcp.log");
    default:
      return cause("leases-missing", message ?? "was not tried", "run again");
  }
}

function cause(code: ProblemCode, message: string, hint: string | null = null): Cause {
  return { code, message, hint };
}

function withCommand(command: string, node: string, cause: Cause): Cause {
  return { ...cause, hint: `${command} --nodes ${node}`, command };
}
