/**
 * A service that is asked until it does what it is asked, or says that it will not, or time
 * is over.
 *
 * @module
 */

import type { BmcReason } from "../document/bmc_reasons.ts";
import { type Later, pause } from "../io/within.ts";
import type { RedfishAnswer } from "./curl_config.ts";
import { judge, type RedfishVerdict } from "./judge_reply.ts";
import type { RedfishCall, RedfishService } from "./service.ts";

/** It ends here. */
export class WalkEnd extends Error {
  override readonly name = "WalkEnd";

  /**
   * @param reason Why.
   * @param words What is said of it; `null` for the words of the reason.
   */
  constructor(readonly reason: BmcReason, readonly words: string | null = null) {
    super(words ?? reason);
  }
}

/** How long it is asked. */
export interface Patience {
  /** Seconds for all of it, for messages. */
  readonly timeout: number;
  /** Ends all patience. */
  readonly signal: AbortSignal;
  /** Aborted at ^C: that has ended it, and not its time. */
  readonly interrupt: AbortSignal;
  /** Sets a timer. */
  readonly later: Later;
}

/** So often a setting is sent to a BMC that does not say what it did. */
export const MOST_WRITES = 3;
/** Seconds between two tries. */
const LONGEST_WAIT = 8;
/** Stands for any ETag. */
const ANY = "*";
/** Nothing else can be sent as one; an iLO takes no longer one. */
const SENDABLE = /^[\x21-\x7e]{1,63}$/;

/** It did, or may have done, what was asked. */
const DONE: readonly RedfishVerdict["is"][] = ["done", "already", "unsure"];

/** How a resource is read. */
export interface ReadOptions extends Pick<RedfishCall, "ahead"> {
  /** So often at most. @default {Infinity} */
  readonly most?: number;
}

/** How often, and what for. */
export interface Persistence extends Pick<ReadOptions, "most"> {
  /** So often in a row it may say that it failed. @default {Infinity} */
  readonly mostFaults?: number;
  /** Whether all is done for the sake of it. @default {false} */
  readonly isGoal?: boolean;
}

/** What a reply means when it was waited for. */
export type FinalVerdict = Exclude<RedfishVerdict, { is: "again" }>;

/** A service, and the patience with it. */
export class PatientService {
  /** The setting for the sake of which all is done was sent, and not refused. */
  hasWritten = false;
  /** It has said that it acts on a setting only after a reset. */
  needsReset = false;
  readonly #service: Pick<RedfishService, "send">;
  readonly #patience: Patience;
  /** Why it goes on no further. */
  lastTrouble: WalkEnd | null = null;
  #hasAnswered = false;

  constructor(service: Pick<RedfishService, "send">, patience: Patience) {
    this.#service = service;
    this.#patience = patience;
  }

  /**
   * Reads a resource.
   *
   * @param options `most`: so often; `ahead`: what will be read next.
   */
  async read(
    path: string,
    { most = Infinity, ahead = [] }: ReadOptions = {},
  ): Promise<RedfishAnswer> {
    const verdict = await this.persist({ method: "GET", path, ahead }, { most });
    if (verdict.is === "done") return verdict.answer;
    throw verdict.is === "end"
      ? new WalkEnd(verdict.reason, verdict.words)
      : new WalkEnd("refused");
  }

  /**
   * Asks once.
   *
   * @returns `null` if there was no answer.
   */
  async look(path: string, seconds: number): Promise<RedfishAnswer | null> {
    this.#mindTime();
    const reply = await this.#service.send({ method: "GET", path, seconds });
    const verdict = judge(reply, { isWrite: false });
    // A password that is refused now is not sent again and again: some lock its user.
    if (verdict.is === "end" && verdict.reason === "refused-login") {
      throw new WalkEnd(this.hasWritten ? "session-lost" : verdict.reason);
    }
    return verdict.is === "done" ? verdict.answer : null;
  }

  /**
   * Writes to a resource, with the ETag that it had: some want it as it was, others drop
   * silently what comes without one.
   *
   * @param path The path of the resource.
   * @param body What to change.
   * @param options `before`: the resource as it was read; `isGoal`: whether all is done for
   * the sake of it. It is read ahead: whoever writes wants to see what became of it.
   * @returns Whether it says that it did.
   */
  async write(
    path: string,
    body: Readonly<Record<string, unknown>>,
    { before, isGoal = false }: { readonly before: RedfishAnswer; readonly isGoal?: boolean },
  ): Promise<boolean> {
    let etag = etagOf(before);
    let others: (string | null)[] | null = null;
    for (;;) {
      const call = { method: "PATCH", path, body, etag, ahead: [path] } as const;
      const verdict = await this.persist(call, { isGoal });
      if (verdict.is === "end") throw new WalkEnd(verdict.reason, verdict.words);
      if (verdict.is !== "stale") return verdict.is !== "unsure";
      others ??= [...etagForms(etagOf(await this.read(path)))];
      if (others.length === 0) throw new WalkEnd("refused", `refused (${verdict.words})`);
      etag = others.shift() ?? null;
    }
  }

  /**
   * Asks once.
   *
   * @throws {WalkEnd} If time is over.
   */
  async ask(call: RedfishCall): Promise<RedfishVerdict> {
    this.#mindTime();
    const reply = await this.#service.send(call);
    this.#hasAnswered ||= reply.kind === "answer";
    const verdict = judge(reply, {
      isWrite: call.method !== "GET",
      isReset: call.method === "POST",
    });
    if (verdict.is === "done") this.needsReset ||= verdict.ids.includes("ResetRequired");
    return verdict;
  }

  /** Asks until the BMC does it, or says that it will not; so often at most. */
  async persist(
    call: RedfishCall,
    { most = Infinity, mostFaults = Infinity, isGoal = false }: Persistence = {},
  ): Promise<FinalVerdict> {
    let faults = 0;
    for (let tries = 1;; tries++) {
      this.#mindTime();
      // From here on it may have been set, whatever we hear.
      if (isGoal) this.hasWritten = true;
      const verdict = await this.ask(call);
      if (isGoal) this.hasWritten = DONE.includes(verdict.is);
      if (verdict.is !== "again") {
        this.lastTrouble = null;
        return verdict;
      }
      const end = new WalkEnd(verdict.reason, verdict.words);
      faults = verdict.isFault ? faults + 1 : 0;
      if (tries >= most || faults >= mostFaults) throw end;
      await this.wait(tries, end);
    }
  }

  /**
   * Waits until it is asked again.
   *
   * @param tries How often it was.
   * @param trouble Why.
   * @throws {WalkEnd} If time is over.
   */
  async wait(tries: number, trouble: WalkEnd): Promise<void> {
    const { signal, later } = this.#patience;
    // What was ended by us says nothing of the BMC.
    if (!signal.aborted) this.lastTrouble = trouble;
    await pause(Math.min(2 ** (tries - 1), LONGEST_WAIT) * 1000, signal, later);
    this.#mindTime();
  }

  /** Whether time is over: nothing is sent any more, as nobody could tell whether it was. */
  get isOver(): boolean {
    return this.#patience.signal.aborted;
  }

  #mindTime(): void {
    if (this.isOver) throw this.#timeOver();
  }

  #timeOver(): WalkEnd {
    const { interrupt, timeout } = this.#patience;
    if (this.hasWritten) return new WalkEnd("session-lost");
    if (interrupt.aborted) return new WalkEnd("interrupted");
    if (this.lastTrouble) return this.lastTrouble;
    return this.#hasAnswered
      ? new WalkEnd("slow")
      : new WalkEnd("timed-out", `no answer within ${timeout} s`);
  }
}

/**
 * The forms of an ETag to try where one was refused: some want another than they hand out, or
 * any, or none; and some take at the second time what they refused at the first.
 *
 * @param etag As it is now; `null` if there is none.
 */
function etagForms(etag: string | null): readonly (string | null)[] {
  const own = etag === null ? [] : [etag, etag.replace(/^W\//, "")];
  return [...new Set([...own, ANY, null])];
}

/** As it was sent, byte for byte: with quotes, and weak, or not. */
function etagOf({ headers, json }: RedfishAnswer): string | null {
  const body = typeof json === "object" && json !== null && "@odata.etag" in json
    ? json["@odata.etag"]
    : null;
  const etag = headers.get("etag") ?? (typeof body === "string" ? body : "");
  return SENDABLE.test(etag) ? etag : null;
}
