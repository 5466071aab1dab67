/**
 * Says which commands are running, and what they have in common with ours.
 *
 * @module
 */

import { Failure, type Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";
import { printable } from "../text/printable.ts";
import type { Caller, Claim, ClaimedWork } from "./claim.ts";

/** Names a command that is running: `pitboot run (root, process 4711)`. */
export function callerWords({ command, who, process }: Caller): string {
  return `${printable(command, LONGEST_COMMAND)} (${printable(who)}, process ${process})`;
}

/** A selection of nodes may be long. */
const LONGEST_COMMAND = 60;

/**
 * Says since when a command has been running.
 *
 * @param caller The command.
 * @param now Milliseconds since the epoch.
 */
export function runningWords(caller: Caller, now: number): string {
  const [day, time] = [caller.since.slice(0, 10), caller.since.slice(11, 16)];
  const isToday = new Date(now).toISOString().startsWith(day);
  return `${callerWords(caller)} has been running since ${isToday ? "" : `${day} `}${time} UTC`;
}

/** How to end a command that is running. */
export function endingHint({ process }: Caller): string {
  return `kill ${process} ends it, and what it has done so far is kept`;
}

/**
 * Says that somebody holds the lock.
 *
 * @param caller Who.
 * @param now Milliseconds since the epoch.
 */
export function heldFailure(caller: Caller, now: number): Failure {
  return new Failure("locked", {
    message: runningWords(caller, now),
    hint: `wait until it ends; ${endingHint(caller)}`,
  });
}

/**
 * Says that somebody works on the same.
 *
 * @param claim Who.
 * @param common What both would work on.
 * @param now Milliseconds since the epoch.
 */
export function claimedFailure(claim: Claim, { nodes, bmcs }: ClaimedWork, now: number): Failure {
  const [range, ofBmcs] = [foldHosts(nodes), foldHosts(bmcs)];
  const what = nodes.length > 0 ? range : `the ${bmcs.length > 1 ? "BMCs" : "BMC"} of ${ofBmcs}`;
  return new Failure("locked", {
    message: `${runningWords(claim, now)} and is not done with ${what}`,
    hint: `wait until it is; ${endingHint(claim)}`,
    nodes: nodes.length > 0 ? nodes : bmcs,
  });
}

/**
 * Tells of the commands that are running.
 *
 * @param claims Theirs.
 * @param now Milliseconds since the epoch.
 */
export function runningReports(claims: readonly Claim[], now: number): Report[] {
  return claims.map((claim) => ["running", {
    message: runningWords(claim, now) + workWords(claim),
    hint: `look again when it has ended; ${endingHint(claim)}`,
    nodes: claim.nodes,
  }]);
}

function workWords({ nodes, bmcs }: ClaimedWork): string {
  if (nodes.length > 0) return `; not done with ${foldHosts(nodes)}`;
  return bmcs.length > 0 ? `; not done with the BMCs of ${foldHosts(bmcs)}` : "";
}
