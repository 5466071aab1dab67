/**
 * Switches one BMC to DHCP: tries until it is, or has said why not, or its time
 * is over.
 *
 * @module
 */

import type { Bmc, BmcReason } from "../document/document.ts";
import { codeOf } from "../io/failures.ts";
import { pause } from "../io/within.ts";
import type { RedfishSight } from "../redfish/probe.ts";
import { bmcOf } from "./bmc_report.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { type CheckOptions, CheckSetCheck, type Learned } from "./check_set_check.ts";
import { type Finding, found, type Trouble } from "./finding.ts";
import { LookAside } from "./look_aside.ts";
import { type Attempt, type Ended, nextAttempt } from "./next_attempt.ts";
import { type OpenSession, type Session, SessionLost, type SessionOptions } from "./session.ts";
import type { OtherTurn, OtherWay } from "./other_way.ts";
import { chosenSuite, sessionEnd } from "./session_end.ts";
import { withoutSecret } from "./without_secret.ts";

/** The options for switching BMCs to DHCP. */
export interface SetOptions
  extends
    Pick<SessionOptions, "password" | "path" | "ignoresHangup" | "log">,
    Pick<OtherTurn, "mayTry">,
    CheckOptions {
  /** The only cipher suite to try; `null`: what the BMC names, then 17 and 3. */
  readonly cipher: number | null;
  /** Whether it is enough that IPMI is on. */
  readonly onlyIpmi: boolean;
  /** The LAN channel; `null`: the one that the session runs on. */
  readonly channel: number | null;
  /** Seconds for all of it. */
  readonly timeout: number;
  /** Begins to open a session. */
  readonly open: OpenSession;
  /** The way to BMCs whose IPMI is off. */
  readonly otherWay: OtherWay;
  /** Called when the BMC lets us in, or would if it were for the password. */
  onOpen(): void;
  /** Called with the process of an ipmitool that nothing ends. */
  onHang(pid: number): void;
}

/** Seconds that the closing of a session may take, at the end of its deadline or at ^C. */
const CLOSING = 2;

/** Milliseconds until a session may be begun for which there was no file descriptor. */
const ROOM_MS = 200;

/** What says more of a BMC than that its IPMI is silent. */
const TELLING_MORE: readonly BmcReason[] = ["starting", "no-tls", "wrong-pin"];

/** Milliseconds until we hear of a ^C ourselves. */
const HEARING_MS = 1000;

/**
 * Switches a BMC to DHCP, unless it is on DHCP already.
 *
 * @param target The BMC.
 * @param options Sessions, time limits and whom to tell.
 * @returns Its result; a BMC that cannot be switched is not an error.
 * @throws {Deno.errors.NotFound} If there is no ipmitool.
 */
export async function setBmcToDhcp(target: BmcTarget, options: SetOptions): Promise<Bmc> {
  const { otherWay, password } = options;
  using attempts = new Attempts(target, options);
  const isOther = otherWay.mode === "only";
  const finding = isOther ? await otherWay.set(target, null, options) : await attempts.run();
  // It may quote ipmitool.
  const message = finding.message &&
    withoutSecret(withoutSecret(finding.message, password), target.key);
  const { channel, suite, code } = attempts.known;
  const hasAnswered = attempts.hasOpened || finding.state === "denied";
  const learned = { channel, cipherSuite: suite, completionCode: code };
  return bmcOf(target, { by: hasAnswered ? "ipmi" : null, ...finding, message }, learned);
}

/** The attempts to switch one BMC. */
class Attempts implements Disposable {
  readonly known: Learned;
  /** Whether there was a session. */
  hasOpened = false;
  readonly #target: BmcTarget;
  readonly #options: SetOptions;
  /** The seconds that are kept for closing a session. */
  readonly #closing: number;
  readonly #deadline = new AbortController();
  /** The deadline, or ^C. */
  readonly #signal: AbortSignal;
  readonly #stop: () => void;
  readonly #past: Ended[] = [];
  /** The last one was ended by its deadline: it has told nothing. */
  #isCut = false;
  /** Why it is silent, as Redfish tells; `null` if that tells nothing. */
  #told: Trouble | null = null;
  #aside: LookAside<RedfishSight | null> | null = null;

  constructor(target: BmcTarget, options: SetOptions) {
    this.known = {
      channel: options.channel,
      suite: null,
      code: null,
      hasWritten: false,
      hasCommitted: false,
      hasCompleted: false,
      trouble: null,
    };
    this.#target = target;
    this.#options = options;
    this.#closing = Math.min(CLOSING, options.timeout / 4);
    this.#signal = AbortSignal.any([this.#deadline.signal, options.signal]);
    const seconds = options.timeout - this.#closing;
    this.#stop = options.later(seconds * 1000, () => this.#deadline.abort());
  }

  /** Stops the clocks. */
  [Symbol.dispose](): void {
    this.#stop();
    this.#aside?.[Symbol.dispose]();
  }

  async run(): Promise<Finding> {
    const [past, signal] = [this.#past, this.#signal];
    for (let next; (next = nextAttempt(past, this.#options.cipher));) {
      await pause(next.pause * 1000, signal, this.#options.later);
      if (signal.aborted) break;
      // It may be gone to the address that it was given: little patience shows that soonest.
      const isLookingBack = this.known.hasWritten && past.length === 1;
      const seen = await this.#attempt(isLookingBack ? { ...next, patience: 0 } : next);
      if (!("wasOpen" in seen)) return seen;
      past.push(seen);
      this.#isCut = signal.aborted;
      if (this.#isCut) break;
      // A BMC that was set and is gone has gone to the address that it was given.
      if (this.known.hasWritten && seen.reason === "no-answer") break;
      const other = await this.#goOtherWay(seen);
      if (other) return other;
    }
    return this.#verdict();
  }

  /** Where nothing was heard of it by IPMI, by Redfish. */
  async #goOtherWay({ reason }: Ended): Promise<Finding | null> {
    const { otherWay } = this.#options;
    const seen = reason === "no-answer" ? await this.#aside?.seen() : null;
    this.#aside?.[Symbol.dispose]();
    if (seen && seen.is !== "redfish" && TELLING_MORE.includes(seen.reason)) {
      this.#told = found(seen.reason);
    }
    if (seen?.is !== "redfish") return null;
    this.#told = found("ipmi-off");
    return otherWay.mode === "never"
      ? null
      : await otherWay.set(this.#target, seen.root, this.#options);
  }

  /** One session, and no other one while its ipmitool hangs. */
  async #attempt(next: Attempt): Promise<Finding | Ended> {
    const [options, signal] = [this.#options, this.#signal];
    options.log(`cipher suite ${next.suite ?? "as the BMC names them"}`);
    const how = { ...options, ...next, signal, closing: this.#closing };
    const session = await this.#whenThereIsRoom(() => options.open(this.#target, how));
    this.#aside = this.#lookAside();
    const seen = await this.#work(session, next);
    if (session.hanging === null) return seen;
    options.onHang(session.hanging);
    if (!("wasOpen" in seen) || options.signal.aborted) return seen;
    if (this.known.hasWritten) return found("session-lost");
    return found("ipmitool-hangs", `ipmitool (process ${session.hanging}) does not end`);
  }

  /** One that was set has gone elsewhere. */
  #lookAside(): LookAside<RedfishSight | null> | null {
    if (this.known.hasWritten) return null;
    const { otherWay, log, later } = this.#options;
    const look = (signal: AbortSignal): Promise<RedfishSight | null> =>
      otherWay.look(this.#target, { log, signal });
    return new LookAside(look, { signal: this.#signal, later });
  }

  /** Whoever has begun goes on when others have ended; who has not is asked later. */
  async #whenThereIsRoom(open: () => Session): Promise<Session> {
    for (;;) {
      try {
        return open();
      } catch (error) {
        const isBegun = this.#past.length > 0 && !this.#signal.aborted;
        if (codeOf(error) !== "EMFILE" || !isBegun) throw error;
        await pause(ROOM_MS, this.#signal, this.#options.later);
      }
    }
  }

  async #work(opened: Session, next: Attempt): Promise<Finding | Ended> {
    const [options, signal] = [this.#options, this.#signal];
    await using session = opened;
    try {
      await session.opens();
      this.#aside?.[Symbol.dispose]();
      this.known.suite = next.suite ?? chosenSuite(session.said);
      this.hasOpened = true;
      options.onOpen();
      if (options.onlyIpmi) return { state: "already", reason: null, message: null };
      return await new CheckSetCheck(session, this.known, { ...options, signal }).run();
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error;
      const { said, isOpen, wasInterrupted } = session;
      if (wasInterrupted) await pause(HEARING_MS, options.signal, options.later);
      const end = lostBy(session, error);
      if (end.reason === "no-key") options.onOpen();
      return { ...next, ...end, suite: next.suite ?? chosenSuite(said), wasOpen: isOpen };
    }
  }

  /** The result after the last attempt. */
  #verdict(): Trouble {
    const { hasWritten, trouble } = this.known;
    const [past, isCut] = [this.#past, this.#isCut];
    const wasDead = past.at(-1)?.reason === "no-answer";
    // After the write only the lease tells.
    if (this.#options.signal.aborted) return found(hasWritten ? "session-lost" : "interrupted");
    if (trouble && !wasDead) return trouble;
    if (hasWritten) return found("session-lost");
    if (isCut && past.length === 1 && !past[0]?.wasOpen) {
      return found("timed-out", `no answer within ${this.#options.timeout} s`);
    }
    const word = lastWord(isCut && past.length > 1 ? past.slice(0, -1) : past);
    return word.reason === "no-answer" ? this.#told ?? word : word;
  }
}

/** Why a session that was lost came to nothing. */
function lostBy(
  { said, isOpen, wasInterrupted, mishap }: Session,
  { message }: SessionLost,
): Trouble {
  if (wasInterrupted) return found("silent");
  const told = isOpen ? null : sessionEnd(said.trim() || message);
  if (told && told.reason !== "not-understood") return told;
  // What it said before says nothing of that.
  return mishap ?? told ?? found("silent");
}

function lastWord(past: readonly Ended[]): Trouble {
  // That a suite is refused tells least: the other one got further.
  const telling = past.findLast(({ reason }) => reason !== "no-suite") ?? past.at(-1);
  const hasAnswered = past.some(({ reason }) => reason !== "no-answer");
  return !telling || (telling.reason === "no-answer" && hasAnswered) ? found("silent") : telling;
}
