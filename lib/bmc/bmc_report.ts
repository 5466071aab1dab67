/**
 * The results for the BMCs, and their problems, for the document.
 *
 * @module
 */

import type { Bmc, BmcState } from "../document/document.ts";
import type { ProblemCode, Report } from "../document/problems.ts";
import { nodeOf, nodesOf } from "../text/host_name.ts";
import { foldHosts } from "../text/host_range.ts";
import type { BmcTarget, BmcTargets } from "./bmc_targets.ts";
import type { Conman } from "./conman.ts";
import { type Finding, hintOf } from "./finding.ts";

/**
 * Makes an entry for the `bmcs` of the document.
 *
 * @param target The BMC.
 * @param finding Its result.
 * @param learned What else is known of it.
 */
export function bmcOf(
  { name, node, address, mac }: BmcTarget,
  { state, reason, message, by = null, ipmi = null }: Finding,
  learned: Partial<Pick<Bmc, "channel" | "cipherSuite" | "completionCode">> = {},
): Bmc {
  const { channel = null, cipherSuite = null, completionCode = null } = learned;
  const seconds = 0;
  const which = { name, node, address, mac };
  const how = { channel, cipherSuite, completionCode, by, ipmi };
  return { ...which, state, reason, ...how, seconds, message };
}

/**
 * Says that nobody gave a password.
 *
 * @param why For instance `IPMI_PASSWORD is empty`.
 */
export function passwordMissing(why: string): Report {
  return ["password-missing", {
    message: `no BMC password (${why}): the BMCs are left as they are`,
    hint: "unless all of them are on DHCP: set IPMI_PASSWORD, or name a --password-file FILE",
  }];
}

/**
 * Says that an ipmitool is left behind.
 *
 * @param target Its BMC.
 * @param pid Its process.
 */
export function ipmitoolHangs({ name, node }: BmcTarget, pid: number): Report {
  return ["ipmitool-hangs", {
    message: `${name}: ipmitool (process ${pid}) hangs in the kernel: SIGKILL does not end it`,
    hint: `look where it hangs: ps -o pid,stat,wchan,args -p ${pid}`,
    nodes: [node],
  }];
}

/** Says that BMCs whose IPMI is off cannot be found: there is no curl. */
export function curlMissing(): Report {
  return ["curl-missing", {
    message: "curl was not found on the search path: BMCs whose IPMI is off are not reached",
    hint: "install it (zypper install curl), or do without: --redfish never",
  }];
}

/** Names the BMCs that are left as they are, and the unusable statements. */
export function consoleProblems(
  { unlisted, strangers, faults }: Omit<BmcTargets, "targets"> & Pick<Conman, "faults">,
  { conman, statics }: { readonly conman: string; readonly statics: string },
): Report[] {
  const unusable = faults.map(({ line, message, console }): Report => ["console-unusable", {
    message: `${conman}:${line}: ${message}`,
    hint: "correct the line; conman logs what it cannot use, too",
    nodes: [nodeOf(console ?? "")].filter((node) => node !== null),
  }]);
  if (strangers.length > 0) {
    unusable.push(["console-unknown", {
      message: `${statics} does not know ${foldHosts(strangers)}: not switched to DHCP`,
      hint: `if they belong to nodes, add their BMCs to ${statics}`,
    }]);
  }
  if (unlisted.length === 0) return unusable;
  return [...unusable, ["bmc-unlisted", {
    message: `${conman} lists no console for ${foldHosts(unlisted)}: not switched to DHCP`,
    hint: "switch them by hand, or add their consoles",
    nodes: nodesOf(unlisted),
  }]];
}

/** Says on which BMCs IPMI could not be turned on, which the handbook and consoles need. */
export function ipmiProblems(bmcs: readonly Bmc[]): Report[] {
  const off = bmcs.filter(({ ipmi, state }) => ipmi === "off" && !CODES[state]);
  return [...Map.groupBy(off, ({ message }) => message)].map(([message, group]): Report => {
    const names = group.map(({ name }) => name);
    return ["ipmi-stays-off", {
      message: `${foldHosts(names)}: ${message ?? "IPMI is off"}`,
      hint: "turn IPMI on in its web interface: ipmitool and conman need it",
      nodes: nodesOf(names),
    }];
  });
}

const CODES: Partial<Record<BmcState, ProblemCode>> = {
  unreachable: "bmc-unreachable",
  denied: "bmc-denied",
  failed: "bmc-failed",
  unknown: "bmc-unknown",
};

/**
 * Makes one problem for all BMCs with the same fault.
 *
 * @param bmcs The results.
 * @param password Where the password came from, for instance `IPMI_PASSWORD`.
 */
export function faultProblems(bmcs: readonly Bmc[], password: string): Report[] {
  const groups = Map.groupBy(bmcs, ({ state, message }) => `${state} ${message}`);
  return [...groups.values()].flatMap((group): Report[] => {
    const [{ state, reason, message } = {}] = group;
    const code = state && CODES[state];
    if (!code) return [];
    const names = group.map(({ name }) => name);
    const nodes = nodesOf(names);
    return [[code, {
      message: `${foldHosts(names)}: ${message}`,
      hint: reason ? hintOf(reason, { nodes: foldHosts(nodes), password }) : undefined,
      nodes,
    }]];
  });
}
