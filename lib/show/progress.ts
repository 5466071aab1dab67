/**
 * The progress of the work, as the events tell it.
 *
 * @module
 */

import type { Event } from "../document/event.ts";
import { isReadyAfter } from "../document/node_order.ts";

/** The result for a BMC, in the words of the board. */
export type BmcOutcome = Success | Fault;

/** The results of BMCs that are as they should be, in the order of the board. */
export const SUCCESSES = ["switched", "by Redfish", "IPMI on"] as const;

/** A result of a BMC that is as it should be. */
export type Success = typeof SUCCESSES[number];

/** The results of BMCs that are not known to be on DHCP, in the order of the board. */
export const FAULTS = [
  "no answer",
  "IPMI off",
  "refused",
  "not kept",
  "failed",
  "unknown",
  "skipped",
] as const;

/** A result of a BMC that is not known to be on DHCP. */
export type Fault = typeof FAULTS[number];

/** The progress of the work. Moments are in milliseconds of one clock. */
export interface Progress {
  /** The BMCs that are switched, once that has begun. */
  readonly bmcs: BmcProgress | null;
  /** The leases that are waited for, once that has begun. */
  readonly leases: LeaseProgress | null;
  /** The nodes that are ready. */
  readonly ready: Set<string>;
}

/** The progress of the BMCs. */
export interface BmcProgress {
  readonly nodes: readonly string[];
  /** The results of those that were asked, by node. */
  readonly asked: Map<string, BmcOutcome>;
  /** When it began. */
  readonly began: number;
  /** What is to be done: to switch them to DHCP, or to turn IPMI on. */
  readonly goal: "dhcp" | "ipmi";
}

/** The progress of the leases. */
export interface LeaseProgress {
  readonly leased: number;
  readonly expected: number;
  /** The nodes whose BMC has none. */
  readonly missing: Set<string>;
  /** When the wait ends; `null` while BMCs are still being switched. */
  readonly end: number | null;
  /** When the last one came; `null` if none did. */
  readonly came: number | null;
}

/** Nothing has begun. */
export function noProgress(): Progress {
  return { bmcs: null, leases: null, ready: new Set() };
}

/**
 * Tells the progress after an event.
 *
 * @param progress The progress before. Its sets of nodes are handed on, and changed: to
 * copy them at each of ten thousand events takes minutes.
 * @param event The event.
 * @param now The moment, in milliseconds of the clock of all moments here.
 */
export function progressAfter(progress: Progress, event: Event, now: number): Progress {
  switch (event.what) {
    case "setting":
    case "enabling": {
      const goal = event.what === "setting" ? "dhcp" : "ipmi";
      return { ...progress, bmcs: { nodes: event.nodes, asked: new Map(), began: now, goal } };
    }
    case "asked":
      return { ...progress, bmcs: bmcsAfter(progress.bmcs, event) };
    case "waiting":
    case "lease":
    case "lease-ended":
    case "leases-gone":
    case "leased":
      return { ...progress, leases: leasesAfter(progress.leases, event, now) };
    case "counting": {
      const end = now + event.left * 1000;
      return { ...progress, leases: progress.leases && { ...progress.leases, end } };
    }
    case "linked":
      return { ...progress, ready: readyAfter(progress.ready, event) };
    default:
      return progress;
  }
}

/**
 * Groups nodes by the fault of their BMC.
 *
 * @param progress The progress.
 * @returns The nodes without a lease whose BMC is at fault, in the order of
 * {@linkcode FAULTS}.
 */
export function faultyNodes({ bmcs, leases }: Progress): ReadonlyMap<Fault, readonly string[]> {
  const faulty = [...bmcs?.asked ?? []].flatMap(([node, outcome]) =>
    isSuccess(outcome) || leases?.missing.has(node) === false ? [] : [{ node, outcome }]
  );
  const groups = FAULTS.map((fault) =>
    [fault, faulty.filter(({ outcome }) => outcome === fault).map(({ node }) => node)] as const
  );
  return new Map(groups.filter(([, nodes]) => nodes.length > 0));
}

/** An event of one kind. */
type Of<W extends Event["what"]> = Extract<Event, { readonly what: W }>;

function bmcsAfter(bmcs: BmcProgress | null, event: Of<"asked">): BmcProgress | null {
  bmcs?.asked.set(event.node, wordOf(event, bmcs.goal));
  return bmcs;
}

/** Tells whether a BMC is as it should be. */
export function isSuccess(outcome: BmcOutcome): outcome is Success {
  return SUCCESSES.some((each) => each === outcome);
}

function wordOf({ state, reason, by }: Of<"asked">, goal: BmcProgress["goal"]): BmcOutcome {
  switch (state) {
    case "changed":
    case "already":
    case "reset":
      if (goal === "ipmi") return "IPMI on";
      return by === "redfish" ? "by Redfish" : "switched";
    case "unreachable":
      return reason === "ipmi-off" ? "IPMI off" : "no answer";
    case "denied":
      return "refused";
    case "unknown":
      return "unknown";
    case "skipped":
      return "skipped";
    case "failed":
      return reason === "not-kept" ? "not kept" : "failed";
  }
}

const NO_LEASES = { leased: 0, expected: 0, end: null, came: null };

function leasesAfter(
  leases: LeaseProgress | null,
  event: Of<"waiting" | "lease" | "lease-ended" | "leases-gone" | "leased">,
  now: number,
): LeaseProgress | null {
  const before = leases ?? { ...NO_LEASES, missing: new Set() };
  const { missing } = before;
  switch (event.what) {
    case "waiting": {
      const { leased, expected, left } = event;
      const end = left === null ? null : now + left * 1000;
      return { ...before, leased, expected, missing: new Set(event.missing), end };
    }
    case "lease":
      missing.delete(event.node);
      return { ...before, leased: event.leased, expected: event.expected, came: now };
    case "lease-ended":
      missing.add(event.node);
      return { ...before, leased: event.leased, expected: event.expected };
    case "leases-gone":
      return leases && { ...leases, leased: 0 };
    case "leased":
      return { ...before, leased: event.expected, expected: event.expected, missing: new Set() };
  }
}

function readyAfter(ready: Set<string>, { node, change }: Of<"linked">): Set<string> {
  if (isReadyAfter(change)) ready.add(node);
  else ready.delete(node);
  return ready;
}
