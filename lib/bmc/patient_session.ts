/**
 * An open session with a BMC that may be busy: a question is asked until it is answered.
 *
 * @module
 */

import { type Later, pause } from "../io/within.ts";
import { found, type Trouble } from "./finding.ts";
import { type BmcAnswer, codeWords, type IpmiCommand, isPassing } from "./ipmi.ts";
import { type Session, SessionLost } from "./session.ts";

/** Milliseconds between two looks, or two tries. */
const INTERVAL_MS = 1000;

/** What is known of its last answer. */
export interface LastAnswer {
  /** The last completion code. */
  code: number | null;
  /** The reason to report if time runs out now. */
  trouble: Trouble | null;
}

/** How something is set. */
export interface Writing {
  /** Tells whether it was, although refused. */
  isTaken(): Promise<boolean>;
  /** Tells whether so many tries are enough. @default {as long as there is time} */
  isEnough?(tries: number): boolean;
}

/** Ends all patience, and measures it. */
export interface AskPatience {
  /** Ends all patience. */
  readonly signal: AbortSignal;
  /** Sets a timer, of the clock that patience goes by. */
  readonly later: Later;
}

/** Asks a BMC that may be busy. */
export class PatientSession {
  readonly #session: Pick<Session, "ask">;
  readonly #known: LastAnswer;
  readonly #patience: AskPatience;

  /**
   * @param session The open session.
   * @param known What is learned is kept there.
   * @param patience How long.
   */
  constructor(session: Pick<Session, "ask">, known: LastAnswer, patience: AskPatience) {
    this.#session = session;
    this.#known = known;
    this.#patience = patience;
  }

  /**
   * Asks until the BMC is not busy any more.
   *
   * @param command What to ask.
   * @param writing Where something is set.
   * @throws {SessionLost} If it does not answer, or time is over.
   */
  async ask(
    command: IpmiCommand,
    writing?: Writing,
  ): Promise<Exclude<BmcAnswer, { kind: "silent" }>> {
    const isWrite = writing !== undefined;
    for (let tries = 1;; tries++) {
      const answer = await this.#session.ask(command);
      if (answer.kind === "silent") throw new SessionLost("no answer");
      this.#known.code = answer.kind === "data" ? 0 : answer.code;
      this.#known.trouble = null;
      if (answer.kind === "data") return answer;
      if (await writing?.isTaken()) return { kind: "data", data: [] };
      this.#known.code = answer.code;
      if (!isPassing(answer.code, { isWrite }) || writing?.isEnough?.(tries)) return answer;
      const words = `still refused when the timeout was reached (${codeWords(answer.code)})`;
      await this.wait(found("busy", words));
    }
  }

  /**
   * Says what the BMC may refuse, or not know.
   *
   * @throws {SessionLost} If it does not answer.
   */
  async say(command: IpmiCommand): Promise<void> {
    const answer = await this.#session.ask(command);
    if (answer.kind === "silent") throw new SessionLost("no answer");
  }

  /**
   * Waits until it is time to look again.
   *
   * @param trouble The reason to report if time runs out meanwhile.
   * @throws {SessionLost} If time is over.
   */
  async wait(trouble: Trouble): Promise<void> {
    this.#known.trouble = trouble;
    const { signal, later } = this.#patience;
    await pause(INTERVAL_MS, signal, later);
    if (signal.aborted) throw new SessionLost("its time is over");
  }
}
