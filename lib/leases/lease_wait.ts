/**
 * The wait for leases: looks again and again, and tells what becomes of them.
 *
 * @module
 */

import type { BmcLease } from "../document/document.ts";
import { Failure } from "../document/problems.ts";
import type { Follower } from "../io/follow_file.ts";
import { nodesOf } from "../text/host_name.ts";
import { changedLeases, type Sight } from "./changed_leases.ts";
import { type ClockHost, WaitClock, type WaitTimes } from "./wait_clock.ts";

/** Work that goes on during the wait. */
export interface Company {
  /**
   * Resolves when all BMCs were switched to DHCP: the time runs from then on. Whether
   * one was: else none will request a lease.
   */
  readonly told: Promise<boolean>;
  /** Whether the leases could be read before: then they can be again, sooner or later. */
  readonly isChecked?: boolean;
  /** Is handed the leases that are new, if any, at each look, and is waited for. */
  serve(fresh: readonly BmcLease[]): Promise<void>;
}

/** What is waited for, and how long. */
export interface LeaseTask extends WaitTimes {
  /**
   * Finds out who has a lease now.
   *
   * @throws {Failure} If that cannot be told now.
   */
  look(): Promise<Sight>;
  /** Is told why that cannot be told now. */
  cannotLook(message: string): void;
  /** The path of the leases, for messages. */
  readonly leases: string;
  readonly follower: Follower;
  readonly company: Company;
  /** Tells whether none of these BMCs will request a lease by itself. */
  areHopeless(missing: readonly string[]): boolean;
}

/** The last look, and what came before it. */
export interface LastSight extends Sight {
  /** How many seconds BMCs had after they were switched to DHCP. */
  readonly seconds: number;
  /** Whether there were leases, and all of them have expired. */
  readonly areGone: boolean;
}

/** How often to look although nothing changed: leases expire. */
const POLL_MS = 1000;
/** How often to repeat the handbook's line. */
const SAY_AGAIN_MS = 10_000;

const NOTHING_SEEN: Sight = { leases: [], missing: [], unexpected: [], older: [], isThere: false };

/** A wait for leases. */
export class LeaseWait {
  readonly #task: LeaseTask;
  readonly #host: ClockHost;
  readonly #clock: WaitClock;
  /** Ends a pause before all BMCs were told: then it is time for a look, too. */
  readonly #untilTold: AbortSignal;
  #before: Sight | null = null;
  /** The BMCs whose leases were handed on. */
  readonly #handed = new Set<string>();
  /** Why it cannot be told who has a lease; `null` if it can. */
  #fault: Failure | null = null;
  /** When the handbook's line was said. */
  #said = -Infinity;

  /**
   * @param task What to wait for.
   * @param host The clock, the signal that ends the wait, and who is told of it.
   */
  constructor(task: LeaseTask, host: ClockHost) {
    this.#task = task;
    this.#host = host;
    const { timeout, grace, company: { told } } = task;
    this.#clock = new WaitClock({
      told,
      timeout,
      grace,
      isHopeless: () => this.#before !== null && task.areHopeless(this.#before.missing),
    }, host);
    this.#untilTold = AbortSignal.any([host.context.signal, this.#clock.whenTold]);
  }

  /**
   * Waits until no lease is missing, none that is missing can come, the time is over,
   * or the signal ends it.
   *
   * @throws What the first look throws, and the last one; what serving throws.
   */
  async untilAll(): Promise<LastSight> {
    const { company, follower } = this.#task;
    const { signal, listen } = this.#host.context;
    const clock = this.#clock;
    for (let mayFail = company.isChecked ?? false;; mayFail = true) {
      const sight = await this.#look(mayFail);
      if (sight) this.#tell(sight);
      await company.serve(sight ? this.#freshIn(sight) : []);
      const isOver = sight && (sight.missing.length === 0 || this.#giveUp(sight));
      if (isOver || signal.aborted || clock.isOver) return this.#last(sight);
      listen();
      const milliseconds = Math.min(POLL_MS, clock.untilOver);
      await follower.change(milliseconds, clock.isRunning ? signal : this.#untilTold);
    }
  }

  /** `null` if that fails: it is looked again until the time is over. */
  async #look(mayFail: boolean): Promise<Sight | null> {
    try {
      const sight = await this.#task.look();
      this.#fault = null;
      return sight;
    } catch (error) {
      if (!mayFail || !(error instanceof Failure)) throw error;
      if (this.#fault?.message !== error.message) this.#task.cannotLook(error.message);
      this.#fault = error;
      return null;
    }
  }

  /** Each BMC's lease counts once, however often it comes back. */
  #freshIn({ leases }: Sight): readonly BmcLease[] {
    const fresh = leases.filter(({ bmc }) => !this.#handed.has(bmc));
    for (const { bmc } of fresh) this.#handed.add(bmc);
    return fresh;
  }

  #last(sight: Sight | null): LastSight {
    if (this.#fault && !this.#host.context.signal.aborted) throw this.#fault;
    const last = sight ?? this.#before ?? NOTHING_SEEN;
    const areGone = this.#handed.size > 0 && last.leases.length === 0;
    return { ...last, areGone, seconds: this.#clock.secondsWaited() };
  }

  #tell(sight: Sight): void {
    const { context: { elapsed }, emit } = this.#host;
    const { leases, missing } = sight;
    const [leased, isFirst] = [leases.length, this.#before === null];
    const changes = changedLeases(this.#before, sight, this.#task.leases);
    for (const change of changes) emit(change);
    if (changes.length > 0) this.#clock.hearNews();
    if (isFirst) emit({ what: "counted", leased });
    this.#before = sight;
    const isTime = changes.length > 0 || elapsed() - this.#said >= SAY_AGAIN_MS;
    if (isFirst || (isTime && missing.length > 0)) {
      const left = this.#clock.secondsLeft();
      const expected = leased + missing.length;
      emit({ what: "waiting", missing: nodesOf(missing), leased, expected, left });
      this.#said = elapsed();
    }
  }

  /** Tells of it where it makes no sense to go on waiting. */
  #giveUp({ missing }: Sight): boolean {
    const { isPointless, isWithoutNews } = this.#clock;
    if (!isPointless && !(isWithoutNews && this.#task.areHopeless(missing))) return false;
    const seconds = isPointless ? 0 : this.#task.grace;
    this.#host.emit({ what: "hopeless", nodes: nodesOf(missing), seconds });
    return true;
  }
}
