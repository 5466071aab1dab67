/**
 * Decides which of the selected nodes a document leaves out: it narrows, and never widens.
 *
 * @module
 */

import type { BootNode, CheckResult, Document, NodePower } from "../document/document.ts";
import { isBmcSet } from "../document/bmc_words.ts";
import { EXIT } from "../document/exit_codes.ts";
import { isReadyAfter } from "../document/node_order.ts";
import { kindOf } from "../document/problems.ts";
import type { Refusal } from "./wipe_guard.ts";

/** Tells why a node is left out; `null` if a document has nothing against it. */
type Objection = (node: string, document: Document) => Refusal | null;

/**
 * Finds the nodes that are left out, because an earlier command failed with them or did
 * not work on them.
 *
 * @param document What the commands before have found: nothing is left out where there
 * were none.
 * @param nodes The selected nodes.
 * @returns Why, by node.
 */
export function leaveOut(
  document: Document,
  nodes: readonly string[],
): ReadonlyMap<string, Refusal> {
  return new Map(nodes.flatMap((node) => {
    for (const objection of OBJECTIONS) {
      const why = objection(node, document);
      if (why) return [[node, why] as const];
    }
    return [];
  }));
}

const OBJECTIONS: readonly Objection[] = [
  failedDocument,
  unreadyNode,
  missingLease,
  unsetBmc,
  failedCheck,
  failedPower,
  concernedByProblem,
];

/** Its errors say more than its status. */
function failedDocument(_: string, { status, problems }: Document): Refusal | null {
  const error = problems.find(({ severity }) => severity === "error");
  if (status !== "failed" && !error) return null;
  return unready(error ? `${error.stage}: ${error.message}` : "an earlier command failed");
}

function unreadyNode(node: string, { nodes }: Document): Refusal | null {
  if (!nodes) return null;
  const found = nodes.find(({ name }) => name === node);
  if (!found) return unnamed("the boot directories");
  const why = whyNotReady(found);
  return why === null ? null : unready(why);
}

function whyNotReady({ cause, change, links, script }: BootNode): string | null {
  if (cause) return cause.message;
  if (!isReadyAfter(change)) return `its boot directory: ${change}`;
  if (links !== undefined && links !== "whole") return `its links: ${links}`;
  return script === "missing" ? "its script.ipxe is missing" : null;
}

function missingLease(node: string, { leases, missing }: Document): Refusal | null {
  const bmc = `${node}-mgmt`;
  if (missing?.includes(bmc)) return unready("its BMC has no lease");
  if (!leases || leases.some((lease) => lease.bmc === bmc)) return null;
  return unnamed("the leases");
}

/** A lease says more. */
function unsetBmc(node: string, { bmcs, leases }: Document): Refusal | null {
  if (!bmcs || leases) return null;
  const found = bmcs.find((bmc) => bmc.node === node);
  if (!found) return unnamed("the BMCs");
  if (isBmcSet(found.state)) return null;
  return unready(`its BMC is not switched to DHCP: ${found.message ?? found.state}`);
}

function failedCheck(node: string, { checks }: Document): Refusal | null {
  if (!checks) return null;
  const failed = checks.find(({ state, nodes }) =>
    state === "failed" && (nodes.length === 0 || nodes.includes(node))
  );
  if (failed) return { reason: "check-failed", message: checkWords(failed) };
  return checks.some(({ nodes }) => nodes.includes(node)) ? null : unnamed("the checks");
}

function checkWords({ check, message, found }: CheckResult): string {
  return `the check ${check} failed: ${message ?? found}`;
}

const AS_TOLD: ReadonlySet<string> = new Set<NodePower["state"]>(["on", "off", "already"]);

function failedPower(node: string, { power }: Document): Refusal | null {
  if (!power) return null;
  const found = power.find((each) => each.node === node);
  if (!found) return unnamed("the power of nodes");
  return AS_TOLD.has(found.state) ? null : unready(`its power: ${found.message ?? found.state}`);
}

/** A newer pitboot may have problems that we do not know. */
function concernedByProblem(node: string, { problems }: Document): Refusal | null {
  const found = problems.find(({ code, nodes }) => {
    const kind = kindOf(code);
    return kind && kind.exit !== EXIT.done && !kind.untilLeased && nodes.includes(node);
  });
  return found ? unready(`${found.stage}: ${found.message}`) : null;
}

function unready(why: string): Refusal {
  return { reason: "not-ready", message: why.replace(/\s*\n[^]*/, "") };
}

function unnamed(what: string): Refusal {
  return { reason: "not-in-document", message: `the document does not name it among ${what}` };
}
