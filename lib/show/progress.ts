/**
 * How far the work is, as the events tell it.
 *
 * @module
 */

import type { Event } from "../document/event.ts";

/** What became of a BMC, in the words of the board. */
export type BmcOutcome = "set" | Fault;

/** What may become of a BMC that is not set for sure, in the order of the board. */
export const FAULTS = [
  "no answer",
  "refused",
  "not kept",
  "not set",
  "not sure",
  "not asked",
] as const;

/** Why a BMC is not set, or not for sure. */
export type Fault = typeof FAULTS[number];

/** How far the work is. Moments are in milliseconds of one clock. */
export interface Progress {
  /** The BMCs that are set, once that has begun. */
  readonly bmcs: BmcProgress | null;
  /** The leases that are waited for, once that has begun. */
  readonly leases: LeaseProgress | null;
  /** The nodes whose boot directory is as it should be. */
  readonly served: Set<string>;
}

/** How far the BMCs are. */
export interface BmcProgress {
  readonly nodes: readonly string[];
  /** What became of those that were asked, by node. */
  readonly asked: Map<string, BmcOutcome>;
  /** When it began. */
  readonly began: number;
}

/** How far the leases are. */
export interface LeaseProgress {
  readonly leased: number;
  readonly expected: number;
  /** The nodes whose BMC has none. */
  readonly missing: Set<string>;
  /** When the wait ends; `null` while BMCs are still being set. */
  readonly end: number | null;
  /** When the last one came; `null` if none did. */
  readonly came: number | null;
}

/** Nothing has begun. */
export function noProgress(): Progress {
  return { bmcs: null, leases: null, served: new Set() };
}

/**
 * Tells how far the work is after an event.
 *
 * @param progress How far it was. Its sets of nodes are handed on, and changed: to
 * copy them at each of ten thousand events takes minutes.
 * @param event What happened.
 * @param now When, in milliseconds of the clock of all moments here.
 */
export function progressAfter(progress: Progress, event: Event, now: number): Progress {
  switch (event.what) {
    case "setting":
      return { ...progress, bmcs: { nodes: event.nodes, asked: new Map(), began: now } };
    case "asked":
      return { ...progress, bmcs: bmcsAfter(progress.bmcs, event) };
    case "waiting":
    case "lease":
    case "lease-ended":
    case "leases-gone":
      return { ...progress, leases: leasesAfter(progress.leases, event, now) };
    case "counting": {
      const end = now + event.left * 1000;
      return { ...progress, leases: progress.leases && { ...progress.leases, end } };
    }
    case "leased":
      return { ...progress, leases: withoutMissing(progress.leases, event.expected) };
    case "linked":
      return { ...progress, served: servedAfter(progress.served, event) };
    default:
      return progress;
  }
}

/**
 * Groups nodes by why their BMC is not set.
 *
 * @param progress How far the work is.
 * @returns The nodes without a lease whose BMC is at fault, in the order of
 * {@linkcode FAULTS}.
 */
export function faultyNodes({ bmcs, leases }: Progress): ReadonlyMap<Fault, readonly string[]> {
  const faulty = [...bmcs?.asked ?? []].flatMap(([node, outcome]) =>
    outcome === "set" || leases?.missing.has(node) === false ? [] : [{ node, outcome }]
  );
  const groups = FAULTS.map((fault) =>
    [fault, faulty.filter(({ outcome }) => outcome === fault).map(({ node }) => node)] as const
  );
  return new Map(groups.filter(([, nodes]) => nodes.length > 0));
}

/** What an event of one kind is. */
type Of<W extends Event["what"]> = Extract<Event, { readonly what: W }>;

function bmcsAfter(bmcs: BmcProgress | null, event: Of<"asked">): BmcProgress | null {
  bmcs?.asked.set(event.node, outcomeOf(event));
  return bmcs;
}

function outcomeOf({ state, reason }: Of<"asked">): BmcOutcome {
  switch (state) {
    case "changed":
    case "already":
    case "reset":
      return "set";
    case "unreachable":
      return "no answer";
    case "denied":
      return "refused";
    case "unknown":
      return "not sure";
    case "skipped":
      return "not asked";
    case "failed":
      return reason === "not-kept" ? "not kept" : "not set";
  }
}

function leasesAfter(
  leases: LeaseProgress | null,
  event: Of<"waiting" | "lease" | "lease-ended" | "leases-gone">,
  now: number,
): LeaseProgress | null {
  const { missing = new Set<string>(), end = null, came = null } = leases ?? {};
  switch (event.what) {
    case "waiting":
      return {
        ...{ leased: event.leased, expected: event.expected, came },
        missing: new Set(event.missing),
        end: event.left === null ? null : now + event.left * 1000,
      };
    case "lease":
      missing.delete(event.node);
      return { leased: event.leased, expected: event.expected, missing, end, came: now };
    case "lease-ended":
      missing.add(event.node);
      return { leased: event.leased, expected: event.expected, missing, end, came };
    case "leases-gone":
      return leases && { ...leases, leased: 0 };
  }
}

function withoutMissing(leases: LeaseProgress | null, expected: number): LeaseProgress {
  const { end = null, came = null } = leases ?? {};
  return { leased: expected, expected, missing: new Set(), end, came };
}

function servedAfter(served: Set<string>, { node, change }: Of<"linked">): Set<string> {
  if (["created", "updated", "unchanged", "kept"].includes(change)) served.add(node);
  else served.delete(node);
  return served;
}
