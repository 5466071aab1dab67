/**
 * Works on one BMC in session after session: until it is done, or the BMC has said why
 * not, or its time is over.
 *
 * @module
 */

import { codeOf } from "../io/failures.ts";
import { type Later, pause } from "../io/within.ts";
import type { Turn } from "./ask_all.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { found, type Trouble } from "./finding.ts";
import { type Attempt, type Ended, nextAttempt } from "./next_attempt.ts";
import { type OpenSession, type Session, SessionLost, type SessionOptions } from "./session.ts";
import { chosenSuite, sessionEnd } from "./session_end.ts";

/** Sessions, time limits and whom to tell. */
export interface AttemptOptions
  extends
    Pick<SessionOptions, "password" | "path" | "ignoresHangup" | "log" | "signal">,
    Pick<Turn, "giveWay"> {
  /** The only cipher suite to try; `null`: what the BMC names, then 17 and 3. */
  readonly cipher: number | null;
  /** Seconds for all of it. */
  readonly timeout: number;
  /** How many BMCs may be asked at the same time. */
  readonly crowd: number;
  /** Sets a timer, of the clock that patience goes by. */
  readonly later: Later;
  /** Begins to open a session. */
  readonly open: OpenSession;
  /** Called when the BMC lets us in, or would if it were for the password. */
  onOpen(): void;
  /** Called with the process of an ipmitool that nothing ends. */
  onHang(pid: number): void;
}

/** What is known of a BMC from one session to the next. */
export interface Remembered {
  /** The cipher suite that it accepted. */
  suite: number | null;
  /** A setting was sent, and not refused, after which it may be gone to another address. */
  hasWritten: boolean;
  /** The reason to report if time runs out now. */
  trouble: Trouble | null;
}

/** The patience of a session. */
export interface SessionPatience {
  /** Ends all patience. */
  readonly signal: AbortSignal;
  /** Gives the BMC so many seconds from now. */
  extend(seconds: number): void;
}

/** What is looked at beside the attempts. */
export interface Aside<R> extends AsyncDisposable {
  /** Why the BMC gives no answer, as far as that is known. */
  readonly told: Trouble | null;
  /** A session is about to open; the signal ends its time. */
  begin(signal: AbortSignal): void;
  /** The BMC lets us in. */
  opened(): void;
  /** An attempt has ended. @returns What came of another way, if there is one. */
  after(ended: Ended): Promise<R | Trouble | null>;
}

/** The work on a BMC. */
export interface BmcJob<R extends object> {
  readonly known: Remembered;
  /** Looks beside it, if anybody does. */
  readonly aside?: Aside<R>;
  /**
   * Works in an open session.
   *
   * @throws {SessionLost} If the BMC stops answering, or time is over: another session
   * goes on.
   */
  work(session: Session, patience: SessionPatience): Promise<R>;
}

/** Seconds that the closing of a session may take, at the end of its deadline or at ^C. */
const CLOSING = 2;

/** Milliseconds until a session may be begun for which there was no file descriptor. */
const ROOM_MS = 200;

/** Milliseconds until we hear of a ^C ourselves. */
const HEARING_MS = 1000;

/** The attempts to work on one BMC. */
export class Attempts<R extends object> implements AsyncDisposable {
  readonly #target: BmcTarget;
  readonly #job: BmcJob<R>;
  readonly #known: Remembered;
  readonly #options: AttemptOptions;
  /** The seconds that are kept for closing a session. */
  readonly #closing: number;
  readonly #deadline = new AbortController();
  /** The deadline, or ^C. */
  readonly #signal: AbortSignal;
  #stop: () => void;
  readonly #past: Ended[] = [];
  /** The last one was ended by its deadline: it has told nothing. */
  #isCut = false;

  /**
   * @param target The BMC.
   * @param job What to do there.
   * @param options Sessions, time limits and whom to tell.
   */
  constructor(target: BmcTarget, job: BmcJob<R>, options: AttemptOptions) {
    this.#target = target;
    this.#job = job;
    this.#known = job.known;
    this.#options = options;
    this.#closing = Math.min(CLOSING, options.timeout / 4);
    this.#signal = AbortSignal.any([this.#deadline.signal, options.signal]);
    this.#stop = this.#ending(options.timeout - this.#closing);
  }

  /** Stops the clocks. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#job.aside?.[Symbol.asyncDispose]();
  }

  /** @returns What the work returned; else why it came to nothing. */
  async run(): Promise<R | Trouble> {
    const [past, signal] = [this.#past, this.#signal];
    for (let next; (next = nextAttempt(past, this.#options.cipher));) {
      await pause(next.pause * 1000, signal, this.#options.later);
      if (signal.aborted) break;
      // It may be gone to the address that it was given: little patience shows that soonest.
      const isLookingBack = this.#known.hasWritten && past.length === 1;
      const seen = await this.#attempt(isLookingBack ? { ...next, patience: 0 } : next);
      if (!("wasOpen" in seen)) return seen;
      past.push(seen);
      this.#isCut = signal.aborted;
      if (this.#isCut) break;
      // A BMC that was set and is gone has gone to the address that it was given.
      if (this.#known.hasWritten && seen.reason === "no-answer") break;
      const other = await this.#job.aside?.after(seen);
      if (other) return other;
      if (past.every(({ reason }) => reason === "no-answer")) await this.#options.giveWay(signal);
    }
    return this.#verdict();
  }

  #ending(seconds: number): () => void {
    return this.#options.later(seconds * 1000, () => this.#deadline.abort());
  }

  /** One session, and no other one while its ipmitool hangs. */
  async #attempt(next: Attempt): Promise<R | Trouble | Ended> {
    const [options, signal] = [this.#options, this.#signal];
    options.log(`cipher suite ${next.suite ?? "as the BMC names them"}`);
    const how = { ...options, ...next, signal, closing: this.#closing };
    const session = await this.#whenThereIsRoom(() => options.open(this.#target, how));
    // One that was set has gone elsewhere.
    if (!this.#known.hasWritten) this.#job.aside?.begin(signal);
    const seen = await this.#work(session, next);
    if (session.hanging === null) return seen;
    options.onHang(session.hanging);
    if (!("wasOpen" in seen) || options.signal.aborted) return seen;
    if (this.#known.hasWritten) return found("session-lost");
    return found("ipmitool-hangs", `ipmitool (process ${session.hanging}) does not end`);
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

  async #work(opened: Session, next: Attempt): Promise<R | Ended> {
    const [options, signal] = [this.#options, this.#signal];
    await using session = opened;
    const extend = (seconds: number): void => {
      this.#stop();
      this.#stop = this.#ending(seconds);
    };
    try {
      await session.opens();
      this.#job.aside?.opened();
      this.#known.suite = next.suite ?? chosenSuite(session.said);
      options.onOpen();
      return await this.#job.work(session, { signal, extend });
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
    const { hasWritten, trouble } = this.#known;
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
    return word.reason === "no-answer" ? this.#job.aside?.told ?? word : word;
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
