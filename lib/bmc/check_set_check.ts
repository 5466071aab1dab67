/**
 * The work in a session: look, set, look again. The BMC may be busy or slow, or its
 * network may lose packets.
 *
 * @module
 */

import { type Finding, found, type Trouble } from "./finding.ts";
import {
  ADDRESS_SOURCE,
  codeWords,
  COLD_RESET,
  DHCP,
  GET_CHANNEL_INFO,
  INSUFFICIENT_PRIVILEGE,
  isPassing,
  isSetInProgress,
  parseAddressSource,
  parseChannelInfo,
  readLan,
  SET_BEGIN,
  SET_COMMIT,
  SET_COMPLETE,
  SET_IN_PROGRESS,
  THIS_CHANNEL,
  writeLan,
} from "./ipmi.ts";
import { type AskPatience, PatientSession } from "./patient_session.ts";
import type { Session } from "./session.ts";

/** So often a BMC that is to be reset is asked before: what it refuses it may do after that. */
const TRIES_BEFORE_RESET = 4;
/** Tried if the BMC does not name the channel of the session: most, Intel, HP and Fujitsu. */
const USUAL_CHANNELS = [1, 3, 2];

/** All that is known of a BMC so far, should time run out at any moment. */
export interface Learned {
  /** Its LAN channel. */
  channel: number | null;
  /** The cipher suite that it accepted. */
  suite: number | null;
  /** The last completion code. */
  code: number | null;
  /** The setting was sent, and not refused. */
  hasWritten: boolean;
  /** The BMC was told to act on it; until then it may only show it. */
  hasCommitted: boolean;
  /** And that the change is complete; until then it may refuse every other one. */
  hasCompleted: boolean;
  /** The reason to report if time runs out now. */
  trouble: Trouble | null;
}

/** The work in a session, and the patience for it. */
export interface CheckOptions extends AskPatience {
  /** Whether to reset the BMC afterwards. */
  readonly reset: boolean;
}

/** Switches a BMC to DHCP in an open session. */
export class CheckSetCheck {
  readonly #session: Pick<Session, "ask">;
  readonly #patient: PatientSession;
  readonly #known: Learned;
  readonly #options: CheckOptions;

  /**
   * @param session The open session.
   * @param known What earlier sessions have done; what is learned is kept there.
   * @param options The work, and the patience for it.
   */
  constructor(session: Pick<Session, "ask">, known: Learned, options: CheckOptions) {
    this.#session = session;
    this.#patient = new PatientSession(session, known, options);
    this.#known = known;
    this.#options = options;
  }

  /**
   * Switches the BMC to DHCP, unless it is on DHCP already.
   *
   * @throws {SessionLost} If the BMC stops answering, or time is over.
   */
  async run(): Promise<Finding> {
    const known = this.#known;
    const channel = known.channel ??= await this.#findChannel();
    if (channel === null) return found("no-channel");
    const before = await this.#source(channel);
    if (typeof before !== "string") return refusedSource(channel, before);
    // Somebody was interrupted, perhaps we: what it shows it may not have acted on.
    if (before === "dhcp" && !known.hasWritten) {
      const answer = await this.#session.ask(readLan(channel, SET_IN_PROGRESS));
      known.hasWritten = answer.kind === "data" && isSetInProgress(answer.data);
    }
    const state = before === "dhcp" && !known.hasWritten ? "already" : "changed";
    if (before !== "dhcp") {
      const code = await this.#write(channel);
      if (code !== null) return await this.#giveUp(code);
      if (!await this.#isKept(channel)) return await this.#reset("did not keep the setting");
    }
    if (state === "changed") await this.#commit(channel);
    known.trouble = null;
    if (!this.#options.reset) return { state, reason: null, message: null };
    return await this.#reset(
      state === "already" ? "was on DHCP already" : "switched to DHCP first",
    );
  }

  async #findChannel(): Promise<number | null> {
    for (const channel of [THIS_CHANNEL, ...USUAL_CHANNELS]) {
      const answer = await this.#patient.ask([...GET_CHANNEL_INFO, channel]);
      const number = answer.kind === "data" ? parseChannelInfo(answer.data) : null;
      if (number !== null) return number;
    }
    return null;
  }

  /** @returns The code with which it was refused, if it was. */
  async #write(channel: number): Promise<number | null> {
    const known = this.#known;
    known.hasCommitted = known.hasCompleted = false;
    // What is said around the setting may be refused, or unknown to the BMC.
    await this.#session.ask(writeLan(channel, [SET_IN_PROGRESS, SET_BEGIN]));
    // From here on it may have been set, whatever we hear.
    known.hasWritten = true;
    const write = writeLan(channel, [ADDRESS_SOURCE, DHCP]);
    const answer = await this.#patient.ask(write, {
      isTaken: async () => await this.#source(channel) === "dhcp",
      isEnough: (tries) => this.#isEnough(tries),
    });
    if (answer.kind === "data") {
      await this.#commit(channel);
      return null;
    }
    known.hasWritten = false;
    await this.#session.ask(writeLan(channel, [SET_IN_PROGRESS, SET_COMPLETE]));
    return answer.code;
  }

  /** Whether it shows the setting; asked as long as there is time, if no reset is to follow. */
  async #isKept(channel: number): Promise<boolean> {
    for (let tries = 1; await this.#source(channel) !== "dhcp"; tries++) {
      if (this.#isEnough(tries)) return false;
      await this.#patient.wait(found("not-kept"));
    }
    return true;
  }

  /** What is only busy may be so until its reset. */
  async #giveUp(code: number): Promise<Finding> {
    const isBusy = this.#options.reset && isPassing(code, { isWrite: true });
    return isBusy
      ? await this.#reset(`did not take the setting (${codeWords(code)})`)
      : refused(code);
  }

  #isEnough(tries: number): boolean {
    return this.#options.reset && tries >= TRIES_BEFORE_RESET;
  }

  /** Says what the BMC has not heard yet: it may be away for a moment, at its new address. */
  async #commit(channel: number): Promise<void> {
    const known = this.#known;
    known.hasCommitted ||= await this.#hears(channel, SET_COMMIT);
    known.hasCompleted ||= await this.#hears(channel, SET_COMPLETE);
  }

  /** Whether it answered at all; it may not know what is said around a change. */
  async #hears(channel: number, progress: number): Promise<boolean> {
    const answer = await this.#session.ask(writeLan(channel, [SET_IN_PROGRESS, progress]));
    return answer.kind !== "silent";
  }

  /**
   * The BMC may be gone before it has answered.
   *
   * @param before What it did before.
   */
  async #reset(before: string): Promise<Finding> {
    const answer = await this.#session.ask(COLD_RESET);
    if (answer.kind === "refused") {
      this.#known.code = answer.code;
      return found("not-reset", `${before}; it refused to be reset (${codeWords(answer.code)})`);
    }
    if (answer.kind === "data") this.#known.code = 0;
    return { state: "reset", reason: null, message: before };
  }

  /** Reads where the address comes from; the code if the BMC does not say it. */
  async #source(channel: number): Promise<"dhcp" | "other" | number | null> {
    const answer = await this.#patient.ask(readLan(channel, ADDRESS_SOURCE));
    return answer.kind === "data" ? parseAddressSource(answer.data) : answer.code;
  }
}

/** A BMC refused with this completion code. */
function refused(code: number): Trouble {
  const reason = code === INSUFFICIENT_PRIVILEGE ? "refused-role" : "refused";
  return found(reason, `refused (${codeWords(code)})`);
}

function refusedSource(channel: number, code: number | null): Trouble {
  if (code === INSUFFICIENT_PRIVILEGE) return refused(code);
  const it = code === null ? "says something else" : `refused (${codeWords(code)})`;
  return found(
    "no-source",
    `channel ${channel}: cannot read where its address comes from: it ${it}`,
  );
}
