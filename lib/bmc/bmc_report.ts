/**
 * What became of the BMCs, for the document.
 *
 * @module
 */

import type { Bmc, BmcState } from "../document/document.ts";
import type { ProblemCode, Report } from "../document/problems.ts";
import { nodeOf, nodesOf } from "../text/host_name.ts";
import { foldHosts } from "../text/host_range.ts";
import type { BmcTarget, BmcTargets } from "./bmc_targets.ts";
import type { Conman } from "./conman.ts";

/** What became of a BMC, and what to do about it. */
export type BmcResult =
  & Pick<Bmc, "state" | "channel" | "message" | "cipherSuite" | "completionCode">
  & { readonly hint: string | null };

/** What a hint calls the password until it is known where that came from. */
export const THE_PASSWORD = "the password";

/** A BMC, what became of it, and how many seconds that took. */
export interface BmcOutcome {
  readonly target: BmcTarget;
  readonly result: BmcResult;
  readonly seconds: number;
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

/** The outcome of a BMC that was left alone. */
export function skipped(target: BmcTarget, message: string): BmcOutcome {
  return { target, result: notSet("skipped", message), seconds: 0 };
}

/** What is known of a BMC that was not talked to. */
export function notSet(
  state: BmcState,
  message: string,
  hint: string | null = null,
): BmcResult {
  return { state, channel: null, cipherSuite: null, completionCode: null, message, hint };
}

/** Names the BMCs that are left as they are, and the statements of no use. */
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
    hint: "set them by hand, or add their consoles",
    nodes: nodesOf(unlisted),
  }]];
}

/**
 * Puts outcomes among the `bmcs` of a document, in place of older ones.
 *
 * @param bmcs What the document says, if anything.
 * @param outcomes What is new.
 * @returns Sorted by name.
 */
export function addOutcomes(bmcs: readonly Bmc[] = [], outcomes: readonly BmcOutcome[]): Bmc[] {
  const added = outcomes.map(({ target, result, seconds }): Bmc => ({
    name: target.name,
    node: target.node,
    address: target.address,
    mac: target.mac,
    state: result.state,
    channel: result.channel,
    cipherSuite: result.cipherSuite ?? null,
    completionCode: result.completionCode ?? null,
    seconds,
    message: result.message,
  }));
  const byName = new Map([...bmcs, ...added].map((bmc) => [bmc.name, bmc]));
  return [...byName.values()].sort((a, b) => a.name < b.name ? -1 : 1);
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
 * @param outcomes What became of the BMCs.
 * @param source Where the password came from, for instance `IPMI_PASSWORD`.
 */
export function faultProblems(outcomes: readonly BmcOutcome[], source: string): Report[] {
  const faulty = outcomes.flatMap(({ target, result }) => {
    const code = CODES[result.state];
    return code ? [{ code, result, name: target.name }] : [];
  });
  const groups = Map.groupBy(faulty, ({ code, result }) => `${code} ${result.message}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const names = group.map(({ name }) => name);
    const nodes = nodesOf(names);
    return [[first.code, {
      message: `${foldHosts(names)}: ${first.result.message}`,
      // It wants to know which BMCs, and which password; now we do.
      hint: first.result.hint
        ?.replace("--reset", `--reset --nodes ${foldHosts(nodes)}`)
        .replace(THE_PASSWORD, () => source),
      nodes,
    }]];
  });
}

/**
 * Says that most BMCs were not asked, because the first ones refused the password.
 *
 * @param refused The nodes of those.
 * @param options `asked`: what became of all that were asked; `others`: how many
 * were not; `source`: where the password came from.
 */
export function refusalProblems(
  refused: readonly string[],
  { asked, others, source }: { asked: readonly BmcOutcome[]; others: number; source: string },
): Report[] {
  if (others === 0) return faultProblems(asked, source);
  const isRefusal = ({ result }: BmcOutcome): boolean => result.state === "denied";
  return [
    ...faultProblems(asked.filter((outcome) => !isRefusal(outcome)), source),
    ["bmc-denied", {
      message: `${refused.join(", ")} refused the password; ${others} ${
        others === 1 ? "other was" : "others were"
      } not asked`,
      hint:
        `check ${source}, and the users (U:) in conman.conf; if it is right for the others: --keep-going`,
      nodes: [...refused],
    }],
  ];
}
