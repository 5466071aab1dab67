/**
 * The progress in lines: all of it where no board is shown, and beside a board
 * what stays true and matters.
 *
 * @module
 */

import { foldHosts } from "../text/host_range.ts";
import type { Event } from "../document/event.ts";
import { faultyNodes, isSuccess, type Progress } from "./progress.ts";

/** The time between two lines that say that the wait goes on. */
const STILL_MS = 60_000;
/** The most BMCs at fault that have a line of their own above a board. */
const MOST_FAULTS = 8;

/** Tells what happens, in lines. */
export type Teller = (event: Event, after: Progress, now: number) => string[];

/**
 * Makes a teller, which remembers what it has said.
 *
 * @param hasBoard Tells whether a board is shown now: not in the background.
 * @returns `after` is the progress after the event, `now` the moment in milliseconds of
 * its clock.
 */
export function progressTeller(hasBoard: () => boolean): Teller {
  let said: { readonly at: number; readonly isTimed: boolean } | null = null;
  let faults = 0;
  const first = (missing: readonly string[], left: number, now: number): string[] => {
    said = { at: now, isTimed: true };
    return [`waiting up to ${spoken(left)} for ${bmcs(missing.length)}: ${foldHosts(missing)}`];
  };
  return (event, after, now) => {
    if (event.what === "counting") {
      const missing = [...after.leases?.missing ?? []];
      return missing.length === 0 || hasBoard() ? [] : first(missing, event.left, now);
    }
    // What a board shows need not fill the screen above it, too.
    if (event.what === "asked" && isFault(event, after) && hasBoard() && ++faults > MOST_FAULTS) {
      return faults === MOST_FAULTS + 1 ? ["more BMCs failed: see the counts on the board"] : [];
    }
    if (event.what !== "waiting") {
      const lines = light(event, after);
      return [...grave(event, after), ...lines.length > 0 && hasBoard() ? [] : lines];
    }
    const { missing, expected, left } = event;
    // Without time left it is said what came of it.
    if (missing.length === 0 || left === 0 || hasBoard()) return [];
    // The time runs from when all BMCs are switched.
    if (left !== null && !said?.isTimed) return first(missing, left, now);
    if (said && now - said.at < STILL_MS) return [];
    const isRepeated = said !== null;
    said = { at: now, isTimed: left !== null };
    // While BMCs are being switched, that has been said.
    if (!isRepeated && after.bmcs) return [];
    const rest = left === null ? "" : `, ${spoken(left)} left`;
    return [
      `still waiting for ${missing.length} of ${bmcs(expected)}${rest}: ${foldHosts(missing)}`,
    ];
  };
}

/**
 * Says a length of time in words, for instance `15 min`.
 *
 * @param seconds The length.
 */
export function spoken(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Events that an administrator should read of, board or not. */
function grave(event: Event, after: Progress): string[] {
  switch (event.what) {
    case "asked": {
      if (!isFault(event, after)) return [];
      const words = event.message ?? after.bmcs?.asked.get(event.node);
      return [`${bmcName(event.node)} (${event.address}): ${words}`];
    }
    case "lease-ended":
      return [`${bmcName(event.node)} has lost its lease (${countOf(event)})`];
    case "leases-gone":
      return [
        event.isThere
          ? `no BMC has a lease in ${event.leases} any more (systemctl status dnsmasq)`
          : `${event.leases} does not exist: no leases yet (systemctl status dnsmasq)`,
      ];
    case "hopeless": {
      const nodes = foldHosts(event.nodes);
      const when = event.seconds > 0 ? `after ${event.seconds} s without a change` : "at once";
      return [`giving up on ${nodes} ${when}: ${whyOf(event, after)}`];
    }
    // There is no board of power.
    case "powering":
      return event.wish === "status" || event.nodes.length === 0
        ? []
        : [`switching ${event.wish}: ${foldHosts(event.nodes)}`];
    case "powered":
      return poweredLines(event);
    default:
      return [];
  }
}

function isFault({ node }: Extract<Event, { what: "asked" }>, { bmcs }: Progress): boolean {
  const outcome = bmcs?.asked.get(node) ?? "switched";
  return !isSuccess(outcome) && outcome !== "skipped";
}

function light(event: Event, after: Progress): string[] {
  switch (event.what) {
    case "setting": {
      const { nodes } = event;
      return [`switching ${bmcs(nodes.length)} to DHCP: ${foldHosts(nodes)}`];
    }
    case "enabling": {
      const { nodes } = event;
      return [`turning IPMI on at ${bmcs(nodes.length)}, where it is off: ${foldHosts(nodes)}`];
    }
    case "asked":
      return isOver(after) ? [resultLine(after)] : [];
    case "lease":
      return [`${bmcName(event.node)} has a lease: ${event.ip} (${countOf(event)})`];
    case "linked":
      return readyLines(event, after);
    default:
      return [];
  }
}

/** A node that was only looked at is in the table. */
function poweredLines({ node, wish, power, message, seconds }: Powered): string[] {
  if (wish === "status") return [];
  return [`${node}: ${message ?? power} (${seconds.toFixed(1)} s)`];
}

type Powered = Extract<Event, { what: "powered" }>;

/** While leases are waited for; what was so before is nothing new. */
function readyLines(
  { node, change, release }: Extract<Event, { what: "linked" }>,
  { leases, ready }: Progress,
): string[] {
  if (!leases || !(change === "created" || change === "updated")) return [];
  const count = countOf({ leased: ready.size, expected: leases.expected });
  return [`${node} is ready: ${release ?? "no release"} (${count})`];
}

function isOver({ bmcs }: Progress): boolean {
  return bmcs !== null && bmcs.asked.size >= bmcs.nodes.length;
}

function resultLine({ bmcs }: Progress): string {
  const outcomes = [...bmcs?.asked.values() ?? []];
  const count = outcomes.filter(isSuccess).length;
  const subject = `${count} of ${outcomes.length} BMCs`;
  if (bmcs?.goal === "ipmi") return `${subject} ${count === 1 ? "has" : "have"} IPMI on`;
  return `${subject} ${count === 1 ? "is" : "are"} switched to DHCP`;
}

function whyOf({ nodes }: Extract<Event, { what: "hopeless" }>, progress: Progress): string {
  const groups = [...faultyNodes(progress)]
    .map(([fault, faulty]) => [fault, faulty.filter((node) => nodes.includes(node))] as const)
    .filter(([, faulty]) => faulty.length > 0);
  const [only] = groups;
  if (!only) {
    return nodes.length === 1
      ? "its BMC is not switched to DHCP"
      : "their BMCs are not switched to DHCP";
  }
  if (only[1].length === nodes.length) return only[0];
  const told = new Set(groups.flatMap(([, faulty]) => faulty));
  const others = nodes.filter((node) => !told.has(node));
  return [...groups, ...others.length > 0 ? [["skipped", others] as const] : []]
    .map(([fault, faulty]) => `${fault} ${foldHosts(faulty)}`).join(", ");
}

function countOf({ leased, expected }: { leased: number; expected: number }): string {
  return `${leased} of ${expected}`;
}

function bmcs(count: number): string {
  return `${count} ${count === 1 ? "BMC" : "BMCs"}`;
}

function bmcName(node: string): string {
  return `${node}-mgmt`;
}
