/**
 * What came of the power of nodes, as problems.
 *
 * @module
 */

import { hintOf } from "../bmc/finding.ts";
import { rootfsKept } from "../change/kept_rootfs.ts";
import type { BmcReason, NodePower } from "../document/document.ts";
import { BMC_REASONS } from "../document/bmc_reasons.ts";
import type { Hint } from "../document/hint.ts";
import type { PowerReason } from "../document/power_reasons.ts";
import type { ProblemCode, Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";
import type { StartFacts } from "./disk_facts.ts";

const POWER_CODES: Partial<Record<NodePower["state"], ProblemCode>> = {
  failed: "power-failed",
  unreachable: "power-unreachable",
  denied: "power-denied",
  unknown: "power-unknown",
  refused: "power-refused",
  skipped: "power-skipped",
};

/**
 * Makes one problem for all nodes with the same fault.
 *
 * @param power What came of them.
 * @param password Where the password came from, for instance `IPMI_PASSWORD`.
 */
export function powerProblems(power: readonly NodePower[], password: string): Report[] {
  const groups = Map.groupBy(
    power,
    ({ state, reason, message }) => [state, reason, message].join(),
  );
  return [...groups.values()].flatMap((group): Report[] => {
    const [{ state, reason, message } = {}] = group;
    const code = state && POWER_CODES[state];
    if (!code || !reason || reason === "dry-run") return [];
    const nodes = group.map(({ node }) => node);
    const range = foldHosts(nodes);
    const hint = state === "unknown"
      ? LOOK_AT_POWER(range)
      : powerHint(reason, { range, password });
    return [[code, { message: `${range}: ${message ?? state}`, hint, nodes }]];
  });
}

const LOOK_AT_POWER = (range: string): Hint => (typed) =>
  `look what became of it: ${typed.command("power", "status", "--nodes", range)}`;

/** The hint for a reason that is not a BMC's. */
const HINTS: Partial<Record<BmcReason | PowerReason, (range: string) => Hint>> = {
  "would-wipe": wipeHint,
  "may-wipe": wipeHint,
  "offline": (range) => (typed) =>
    `if it may boot again: ${typed.command("online", "--nodes", range)}`,
  "address-of-other": () => () => "correct its address (dev=) in conman.conf",
  "no-console": () => () => "add the console of its BMC (NODE-mgmt) to conman.conf",
  "not-ready": (range) => (typed) =>
    `see what is wrong with it: ${typed.command("status", "--nodes", range)}`,
  "check-failed": (range) => (typed) =>
    `when that is mended: ${typed.command("check", "--nodes", range)}`,
  "not-in-document": (range) => (typed) =>
    `name it for the earlier commands, too; or without them: ${
      typed.again("--nodes", range)
    } </dev/null`,
  "boot-refused": (range) => (typed) =>
    `set it in its web interface: PXE by UEFI; then ${
      typed.command("power", "on", "--nodes", range)
    }`,
  "boot-not-kept": (range) => (typed) =>
    `set PXE by UEFI in its web interface; or for the next start only: ${
      typed.again("--once", "--nodes", range)
    }`,
  "no-effect": (range) => (typed) =>
    `look at it, and then: ${typed.again("--timeout", "3m", "--nodes", range)}`,
  "refused": () => () => "switch it in the web interface of its BMC",
};

function wipeHint(range: string): Hint {
  return (typed) =>
    `if it may be wiped: ${
      typed.again("--nodes", range, "--wipe", range)
    }; metal.no-wipe=1 in its script.ipxe keeps its disks`;
}

const OF_BMC: ReadonlySet<string> = new Set<string>(BMC_REASONS);

function powerHint(
  reason: BmcReason | PowerReason,
  { range, password }: { readonly range: string; readonly password: string },
): Hint | undefined {
  const own = HINTS[reason]?.(range);
  if (own !== undefined || !OF_BMC.has(reason)) return own;
  return hintOf(reason as BmcReason, { nodes: range, password });
}

/** Seconds by which a clock may be wrong: certificates and logs bear as much. */
const MOST_SKEW = 300;

/** Names what is worth knowing of nodes that were looked at. */
export function noteworthy(power: readonly NodePower[]): Report[] {
  const skewed = power.filter(({ clock }) => clock && Math.abs(clock) > MOST_SKEW);
  const always = power.filter(({ policy }) => policy === "on");
  return [...clockProblems(skewed), ...outageProblems(always)];
}

function clockProblems(skewed: readonly NodePower[]): Report[] {
  if (skewed.length === 0) return [];
  const nodes = skewed.map(({ node }) => node);
  return [["bmc-clock", {
    message: `${foldHosts(nodes)}: the clock of the BMC is more than ${
      MOST_SKEW / 60
    } min off that of the PIT`,
    hint: "a node takes its time from there: set it in the BIOS, or certificates are not valid yet",
    nodes,
  }]];
}

function outageProblems(always: readonly NodePower[]): Report[] {
  if (always.length === 0) return [];
  const nodes = always.map(({ node }) => node);
  return [["power-after-outage", {
    message: `${foldHosts(nodes)}: starts by itself after an outage`,
    hint: "with a script that wipes, its disks are lost then: tell its BMC to leave it as it was",
    nodes,
  }]];
}

/**
 * Names nodes that will boot a new kernel with an old root filesystem.
 *
 * @param power What came of nodes.
 * @param facts What is known of their disks.
 */
export function oldRootfs(
  power: readonly NodePower[],
  facts: ReadonlyMap<string, StartFacts>,
): Report[] {
  const keepers = power.flatMap(({ node, state }) => {
    const place = state === "skipped" ? null : facts.get(node)?.keepsOldIn ?? null;
    return place === null ? [] : [{ node, place }];
  });
  return [...Map.groupBy(keepers, ({ place }) => place)].map(([place, group]) =>
    rootfsKept(group.map(({ node }) => node), { place })
  );
}
