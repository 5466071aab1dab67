/**
 * Turns one BMC to DHCP: tries until it is set, or has said why not, or its time
 * is over.
 *
 * @module
 */

import type { BmcState } from "../document/document.ts";
import { pause } from "../io/pause.ts";
import type { BmcResult } from "./bmc_report.ts";
import type { Progress, Trouble } from "./bmc_talk.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { checkSetCheck } from "./check_set_check.ts";
import { IpmitoolShell, SessionLost, type SessionOptions } from "./ipmitool_shell.ts";
import { type Attempt, type Ended, nextAttempt } from "./next_attempt.ts";
import { chosenSuite, FELL_SILENT, type SessionEnd, sessionEnd } from "./session_end.ts";

/** How to turn BMCs to DHCP. */
export interface SetOptions extends Pick<SessionOptions, "password" | "path" | "ignoresHangup"> {
  /** The only cipher suite to try; `null`: what the BMC names, then 17 and 3. */
  readonly cipher: number | null;
  /** The LAN channel; `null`: the one that the session runs on. */
  readonly channel: number | null;
  /** Whether to restart the BMC afterwards. */
  readonly reset: boolean;
  /** Seconds for all of it. */
  readonly timeout: number;
  /** Aborted at ^C. */
  readonly signal: AbortSignal;
  /** Takes what was said, for the log. */
  log(target: BmcTarget, line: string): void;
  /** Called when the BMC lets us in. */
  onOpen(): void;
}

/** Seconds that the closing of a session may take, at the end of its deadline or at ^C. */
const CLOSING = 2;

/** Milliseconds until we hear of a ^C ourselves. */
const HEARING_MS = 1000;

/**
 * Turns a BMC to DHCP, unless it is on DHCP already.
 *
 * @param target Which BMC.
 * @param options How.
 * @returns What became of it; a BMC that cannot be set is not an error.
 * @throws {Deno.errors.NotFound} If there is no ipmitool.
 */
export async function setBmcToDhcp(target: BmcTarget, options: SetOptions): Promise<BmcResult> {
  const progress: Progress = {
    channel: options.channel,
    suite: null,
    code: null,
    hasWritten: false,
    hasCommitted: false,
    trouble: null,
  };
  const end = await attemptAll(target, options, progress);
  const { channel, suite, code } = progress;
  // It may quote ipmitool.
  const message = end.message?.replaceAll(options.password, "********") ?? null;
  return { ...end, message, channel, cipherSuite: suite, completionCode: code };
}

async function attemptAll(
  target: BmcTarget,
  options: SetOptions,
  progress: Progress,
): Promise<Trouble> {
  const { timeout } = options;
  const closing = closingTime(timeout);
  const deadline = AbortSignal.timeout((timeout - closing) * 1000);
  const signal = AbortSignal.any([deadline, options.signal]);
  const past: Failed[] = [];
  for (let next; (next = nextAttempt(past, options.cipher));) {
    await pause(next.pause * 1000, signal);
    if (signal.aborted) break;
    // It may be gone to the address that it was given: little patience shows that soonest.
    const isLookingBack = progress.hasWritten && past.length === 1;
    const tried = isLookingBack ? { ...next, patience: 0 } : next;
    const seen = await attempt(target, tried, { ...options, signal }, progress);
    if (!("end" in seen)) return seen;
    past.push(seen);
    if (signal.aborted) break;
    // A BMC that was set and is gone has gone to the address that it was given.
    if (progress.hasWritten && seen.kind === "dead") break;
  }
  if (options.signal.aborted) return cut(progress, ["skipped", "interrupted"]);
  if (progress.trouble && past.at(-1)?.kind !== "dead") return progress.trouble;
  if (progress.hasWritten) return cut(progress, ["unknown", ""]);
  const [first] = past;
  if (deadline.aborted && past.length === 1 && !first?.wasOpen) {
    return cut(progress, ["unreachable", `no answer within ${timeout} s`]);
  }
  // What we have ended ourselves has told nothing.
  return endOf(deadline.aborted && past.length > 1 ? past.slice(0, -1) : past);
}

/** A session that came to nothing, and why. */
interface Failed extends Ended {
  readonly end: SessionEnd;
}

/** What to say after the last attempt. */
function endOf(past: readonly Failed[]): SessionEnd {
  // That a suite is refused tells least: the other one got further.
  const telling = past.findLast(({ kind }) => kind !== "suite") ?? past.at(-1);
  const hasAnswered = past.some(({ kind }) => kind !== "dead");
  return !telling || (telling.kind === "dead" && hasAnswered) ? FELL_SILENT : telling.end;
}

/** One session. */
async function attempt(
  target: BmcTarget,
  next: Attempt,
  options: SetOptions,
  progress: Progress,
): Promise<Trouble | Failed> {
  const log = (line: string): void => options.log(target, line);
  log(`cipher suite ${next.suite ?? "as the BMC names them"}`);
  const closing = closingTime(options.timeout);
  await using shell = IpmitoolShell.start(target, { ...options, ...next, closing, log });
  try {
    await shell.opens();
    progress.suite = next.suite ?? chosenSuite(shell.said);
    options.onOpen();
    return await checkSetCheck(shell, options, progress);
  } catch (error) {
    if (!(error instanceof SessionLost)) throw error;
    if (shell.wasInterrupted) await pause(HEARING_MS, options.signal);
    const hasTold = !shell.isOpen && !shell.wasInterrupted;
    const end = hasTold ? sessionEnd(shell.said || error.message) : FELL_SILENT;
    const suite = next.suite ?? chosenSuite(shell.said);
    return { ...next, suite, kind: end.kind, wasOpen: shell.isOpen, end };
  }
}

/** Time is up, or ^C. After the write only the lease tells. */
function cut({ hasWritten }: Progress, [state, message]: [BmcState, string]): Trouble {
  return hasWritten
    ? {
      state: "unknown",
      message: "the session was lost after the setting was sent",
      hint: "its lease decides: pitboot wait-leases",
    }
    : {
      state,
      message,
      hint: "check cable, power and address, or give it more time: --bmc-timeout",
    };
}

/** How many of the seconds of a deadline are for closing the session. */
function closingTime(timeout: number): number {
  return Math.min(CLOSING, timeout / 4);
}
