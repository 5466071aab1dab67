/**
 * The night as its events tell it: how far each node was prepared, what was wrong, and
 * what happened in which order.
 *
 * @module
 */

import { isBmcSet } from "../document/bmc_words.ts";
import { isReadyAfter } from "../document/node_order.ts";
import type { NightEvent } from "./night_event.ts";

/** How far pitboot brought a node. Moments are in milliseconds since the epoch. */
export interface Preparation {
  /** When its BMC was first known to be on DHCP. */
  bmc?: number;
  /** When its BMC got the lease that it has. */
  lease?: number;
  /** When it got what it boots. */
  ready?: number;
  /** When it was last seen to be switched on. */
  power?: number;
  /** When its BMC was told to: what it fetched before is of an earlier boot. */
  told?: number;
  /** What keeps it from that, in words. */
  fault?: string;
  /** How far it got in its last boot, as boot-progress has seen it: stages, and when. */
  boot?: Partial<Record<SeenStage, number>>;
}

/** What boot-progress sees of a boot, in its order. */
const SEEN_STAGES = ["script", "initrd", "kernel", "rootfs", "up"] as const;
type SeenStage = typeof SEEN_STAGES[number];

/** A problem, as often as it was said. */
export interface NightProblem {
  readonly code: string;
  readonly severity: string;
  readonly stage: string;
  readonly message: string;
  readonly nodes: readonly string[];
  /** When it was said last. */
  at: number;
  /** How often. */
  times: number;
}

/** Something that concerns many nodes, or none. */
export interface NightMoment {
  readonly at: number;
  readonly stage: string;
  readonly words: string;
}

/** A night. */
export interface Night {
  /** When the first event happened; `null` if there is none. */
  readonly begin: number | null;
  readonly end: number | null;
  readonly nodes: ReadonlyMap<string, Preparation>;
  readonly problems: readonly NightProblem[];
  readonly moments: readonly NightMoment[];
  /** The last words, and when; `null` if there were none. */
  readonly verdict:
    | { readonly at: number; readonly words: string; readonly isGood: boolean }
    | null;
}

/** Those by which something else is booted than before. */
const NEW_CHANGES: ReadonlySet<string> = new Set(["created", "updated"]);

/**
 * Tells the night.
 *
 * @param events In any order: they may be of several files.
 */
export function nightOf(events: readonly NightEvent[]): Night {
  const inOrder = events.toSorted((a, b) => a.at - b.at);
  const nodes = new Map<string, Preparation>();
  const problems = new Map<string, NightProblem>();
  let verdict: Night["verdict"] = null;
  for (const event of inOrder) {
    prepare(nodes, event);
    if (event.what === "problem") addProblem(problems, event);
    if (event.what === "verdict" || event.what === "ready" || event.what === "refused") {
      verdict = { at: event.at, words: momentWords(event) ?? "", isGood: event.what === "ready" };
    }
  }
  return {
    begin: inOrder.at(0)?.at ?? null,
    end: inOrder.at(-1)?.at ?? null,
    nodes,
    problems: [...problems.values()],
    moments: inOrder.flatMap((event) => {
      const words = momentWords(event);
      return words === null ? [] : [{ at: event.at, stage: event.stage, words }];
    }),
    verdict,
  };
}

function prepare(nodes: Map<string, Preparation>, event: NightEvent): void {
  const of = (name: string): Preparation => {
    const node = nodes.get(name) ?? {};
    nodes.set(name, node);
    return node;
  };
  switch (event.what) {
    case "setting":
      return event.nodes.forEach((name) => void of(name));
    case "asked":
      return heardOfBmc(of(event.node), event);
    case "lease":
      of(event.node).lease = event.at;
      return;
    case "lease-ended":
      delete of(event.node).lease;
      of(event.node).fault = "the lease of its BMC has expired";
      return;
    case "booting":
      return sawBooting(of(event.node), event);
    case "linked":
      return linked(of(event.node), event);
    case "powering":
      return event.wish === "status" ? undefined : event.nodes.forEach((name) => void of(name));
    case "powered":
      return event.wish === "status" ? undefined : powered(of(event.node), event);
    case "problem":
      return event.problem.nodes.forEach((name) => void of(name));
    case "verdict":
      for (const { node, message } of event.nodes) of(node).fault = message;
  }
}

type NightEventOf<W> = Extract<NightEvent, { what: W }>;

function heardOfBmc(node: Preparation, { at, state, message }: NightEventOf<"asked">): void {
  if (!isBmcSet(state)) node.fault = `BMC: ${message ?? state}`;
  else {
    node.bmc ??= at;
    if (node.fault?.startsWith("BMC: ")) delete node.fault;
  }
}

function linked(node: Preparation, { at, change }: NightEventOf<"linked">): void {
  delete node.fault;
  if (NEW_CHANGES.has(change)) node.ready = at;
  else if (isReadyAfter(change)) node.ready ??= at;
  else {
    delete node.ready;
    node.fault = change === "failed" ? "its boot directory could not be made" : change;
  }
}

function powered(
  node: Preparation,
  { at, wish, power, message, seconds }: NightEventOf<"powered">,
): void {
  const isDone = power === wish || power === "already";
  if (!isDone) node.fault = `power: ${message ?? power}`;
  else if (node.fault?.startsWith("power: ")) delete node.fault;
  if (power === "on") Object.assign(node, { power: at, told: at - seconds * 1000 });
  if (power === "off") delete node.power;
}

function sawBooting(node: Preparation, { reached, at }: NightEventOf<"booting">): void {
  // It has been sent, and was asked for before.
  const stage = SEEN_STAGES.find((each) => reached === each || reached === `${each}-sent`);
  if (stage === undefined || stage === "script") node.boot = {};
  if (stage === undefined) return;
  node.boot = { [stage]: at, ...node.boot };
  // Whatever was said of it before, it boots.
  delete node.fault;
}

function addProblem(
  problems: Map<string, NightProblem>,
  { at, stage, problem: { code, severity, message, nodes } }: NightEventOf<"problem">,
): void {
  const key = JSON.stringify([code, message]);
  const known = problems.get(key);
  if (!known) problems.set(key, { code, severity, stage, message, nodes, at, times: 1 });
  else {
    known.at = at;
    known.times++;
  }
}

/** What the list of what happened says of an event; `null` for one of a single node. */
function momentWords(event: NightEvent): string | null {
  switch (event.what) {
    case "resolved":
      return `images are chosen: ${
        Object.entries(event.images).map(([role, { release }]) => `${role} ${release}`).join(", ")
      }`;
    case "setting":
      return `${event.nodes.length} BMCs are about to be switched to DHCP`;
    case "no-password":
      return "there is no BMC password: no BMC is switched to DHCP";
    case "counted":
      return `${event.leased} BMCs have a lease before the wait`;
    case "leased":
      return `all ${event.expected} BMCs have a lease`;
    case "hopeless":
      return `the wait ends: ${event.nodes.length} BMCs could not be switched to DHCP`;
    case "leases-gone":
      return `${event.leases} holds no lease any more`;
    case "powering":
      return event.wish === "status"
        ? null
        : `${event.nodes.length} nodes are about to be switched ${event.wish}`;
    case "refused":
      return `${event.failed} of ${event.checks} checks failed; nothing was done`;
    case "ready":
      return "all chosen nodes are ready";
    case "verdict":
      return event.summary;
    default:
      return null;
  }
}
