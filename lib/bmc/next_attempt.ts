/**
 * Decides how to try a BMC again: with which cipher suite, how patiently, and
 * whether at all.
 *
 * @module
 */

import type { BmcReason } from "../document/document.ts";
import type { Trouble } from "./finding.ts";

/** The parameters of a session. */
export interface Attempt {
  /** IPMI v2 cipher suite; `null`: the best of those that the BMC names. */
  readonly suite: number | null;
  /** An index of {@linkcode PATIENCE}. */
  readonly patience: number;
  /** Seconds to wait before it. */
  readonly pause: number;
}

/** An attempt that came to nothing, and why. */
export interface Ended extends Attempt, Trouble {
  /** Whether there was a session, which then broke. */
  readonly wasOpen: boolean;
}

/**
 * ipmitool's seconds until it asks again (`-N`), and how often it asks (`-R`).
 * The first gives up on a dead BMC after six seconds; a line that loses packets
 * wants more questions, a slow BMC more time for each.
 */
export const PATIENCE = [
  { seconds: 1, times: 2 },
  { seconds: 1, times: 4 },
  { seconds: 2, times: 4 },
  { seconds: 4, times: 4 },
  { seconds: 8, times: 4 },
] as const;

/** The least patience with which a further attempt tells more. */
const LEAST: Partial<Record<BmcReason, number>> = { "no-ipmi-2": 1, "slow": 3 };
/** Another session would fare no better. */
const FINAL: readonly BmcReason[] = [
  "refused-user",
  "refused-role",
  "refused",
  "no-shell",
  "no-address",
  "not-understood",
];
/** This suite is refused, or reckoned with otherwise: the password may be right. */
const OF_SUITE: readonly BmcReason[] = ["no-suite", "refused-password", "no-key"];
/** With the usual suite no reckoning is in doubt: another wrong password may lock us out. */
const FINAL_AT_USUAL: readonly BmcReason[] = ["refused-password", "no-key"];
/** It cannot just now. */
const LATER: readonly BmcReason[] = [
  "no-session",
  "session-dropped",
  "no-answer",
  "ipmitool-died",
];
/** Nothing was heard of the BMC, nor which suites it names. */
const UNHEARD: readonly BmcReason[] = ["no-answer", "ipmitool-died"];
/** SHA-256 first; many older BMCs know only the suite with SHA-1. */
const SUITES = [17, 3];
/** The suite that ipmitool takes if it does not say which: it asked, and got no answer. */
const USUAL = 3;
/** Seconds. */
const LONGEST_PAUSE = 8;
/** What ends ipmitool so often ends it each time. */
const MOST_DEATHS = 3;

/**
 * Decides how to try again. A BMC is tried as long as there is time, also one that has
 * not answered anything: it may be starting. One that refused a suite is, with others.
 *
 * @param past What was tried so far, of each the suite that was really used.
 * @param given The only suite to try, or `null`.
 * @returns `null` if there is nothing left to try.
 */
export function nextAttempt(past: readonly Ended[], given: number | null): Attempt | null {
  const last = past.at(-1);
  if (!last) return { suite: given, patience: 0, pause: 0 };
  if (FINAL.includes(last.reason)) return null;
  if (last.reason === "no-ipmi-2" && last.patience > 0) return null;
  if (FINAL_AT_USUAL.includes(last.reason) && suiteOf(last) === USUAL) return null;
  if (timesInARow(past, "ipmitool-died") === MOST_DEATHS) return null;
  const suites = suitesLeft(past, given);
  if (suites.length === 0) return null;
  if (LATER.includes(last.reason)) {
    const pause = Math.min(2 ** timesInARow(past, last.reason) / 2, LONGEST_PAUSE);
    const suite = past.every(({ reason }) => UNHEARD.includes(reason)) ? given : suiteOf(last);
    return { suite, patience: last.patience, pause };
  }
  const least = Math.max(last.patience, LEAST[last.reason] ?? 0);
  for (let patience = least; patience < PATIENCE.length; patience++) {
    const suite = suites.find((suite) => !wasTried(past, suite, patience));
    if (suite !== undefined) return { suite, patience, pause: 0 };
  }
  // All patience is spent, but not all time.
  return { suite: suites[0] ?? null, patience: PATIENCE.length - 1, pause: 1 };
}

/** The one that opened a session; else all that were not refused. */
function suitesLeft(past: readonly Ended[], given: number | null): number[] {
  const proven = past.find(({ wasOpen }) => wasOpen);
  if (proven) return [suiteOf(proven)];
  const refused = past.filter(({ reason }) => OF_SUITE.includes(reason)).map(suiteOf);
  return (given === null ? SUITES : [given]).filter((suite) => !refused.includes(suite));
}

function suiteOf({ suite }: Attempt): number {
  return suite ?? USUAL;
}

function wasTried(past: readonly Ended[], suite: number, patience: number): boolean {
  return past.some((each) => suiteOf(each) === suite && each.patience === patience);
}

function timesInARow(past: readonly Ended[], reason: BmcReason): number {
  return past.length - past.findLastIndex((each) => each.reason !== reason) - 1;
}
