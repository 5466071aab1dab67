/**
 * Talks to a BMC that may be busy, late or hard to hear.
 *
 * @module
 */

import { pause } from "../io/pause.ts";
import type { BmcResult } from "./bmc_report.ts";
import {
  type AddressSource,
  type Answer,
  codeWords,
  getAddressSource,
  INSUFFICIENT_PRIVILEGE,
  isPassing,
  parseAddressSource,
} from "./ipmi.ts";
import { type IpmitoolShell, SessionLost } from "./ipmitool_shell.ts";

/** Milliseconds between two looks, or two tries. */
const INTERVAL_MS = 1000;

/** What became of a BMC, or would if time ran out now. */
export type Trouble = Pick<BmcResult, "state" | "message" | "hint">;

/** What is known so far, should time run out at any moment. */
export interface Progress {
  channel: number | null;
  suite: number | null;
  /** The last completion code. */
  code: number | null;
  /** The setting was sent, and not refused. */
  hasWritten: boolean;
  /** The BMC was told to act on it; until then it may only show it. */
  hasCommitted: boolean;
  /** What is waited for. */
  trouble: Trouble | null;
}

type HeardAnswer = Exclude<Answer, { kind: "silent" }>;

/** A session, and the patience for it. All of it throws {@linkcode SessionLost}. */
export class Talk {
  readonly #shell: IpmitoolShell;
  readonly #signal: AbortSignal;
  readonly #progress: Progress;

  /**
   * @param shell The session.
   * @param signal Ends all patience.
   * @param progress Where to keep what is known.
   */
  constructor(shell: IpmitoolShell, signal: AbortSignal, progress: Progress) {
    this.#shell = shell;
    this.#signal = signal;
    this.#progress = progress;
  }

  /** Says something that the BMC need not know: what it answers is no matter of the setting. */
  mention(command: string): Promise<Answer> {
    return this.#shell.ask(command);
  }

  /** Asks once. */
  async ask(command: string): Promise<Answer> {
    const answer = await this.#shell.ask(command);
    if (answer.kind === "data") this.#progress.code = 0;
    if (answer.kind === "refused") this.#progress.code = answer.code;
    return answer;
  }

  /**
   * Asks until the BMC is no more busy.
   *
   * @param command What to ask.
   * @param isTaken Where something is set: tells whether it was, although refused.
   */
  async persist(command: string, isTaken?: () => Promise<boolean>): Promise<HeardAnswer> {
    for (;;) {
      const answer = await this.ask(command);
      if (answer.kind === "silent") throw new SessionLost("no answer");
      this.#progress.trouble = null;
      if (answer.kind === "data") return answer;
      if (await isTaken?.()) return { kind: "data", data: [] };
      this.#progress.code = answer.code;
      if (!isPassing(answer.code, { isWrite: isTaken !== undefined })) return answer;
      this.#progress.trouble = {
        ...refused(answer.code),
        message: `refused until its time was over (${codeWords(answer.code)})`,
        hint: "try it again, with more time: --bmc-timeout 2m",
      };
      await this.#pause();
    }
  }

  /** Reads where the address comes from; the code if the BMC does not say it. */
  async read(channel: number): Promise<AddressSource | number | null> {
    const answer = await this.persist(getAddressSource(channel));
    return answer.kind === "data" ? parseAddressSource(answer.data) : answer.code;
  }

  /** Waits until the BMC shows the setting. */
  async readsDhcp(channel: number): Promise<void> {
    for (;;) {
      const source = await this.read(channel);
      if (source === "dhcp") return;
      this.#progress.trouble = {
        state: "failed",
        message: "the BMC accepted the setting and did not keep it",
        hint: "restart it: pitboot bmc-dhcp --reset; or set it in its web interface",
      };
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    await pause(INTERVAL_MS, this.#signal);
    if (this.#signal.aborted) throw new SessionLost("its time is over");
  }
}

/** What to say of a BMC that refused to be set. */
export function refused(code: number): Trouble {
  const isDenied = code === INSUFFICIENT_PRIVILEGE;
  return {
    state: isDenied ? "denied" : "failed",
    message: `refused (${codeWords(code)})`,
    hint: isDenied
      ? "name a user (U:) who is an administrator for this console in conman.conf"
      : "set it in its web interface, where it may be locked",
  };
}
