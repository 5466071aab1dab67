/**
 * The work on the power of one node, in the sessions with its BMC. No answer is believed:
 * "off" and "on" are answered before they are true, so the state is read until it is so.
 *
 * @module
 */

import type { SessionPatience } from "../bmc/attempts.ts";
import { SessionLost } from "../bmc/session.ts";
import type { BootDevice, NodePower, PowerState } from "../document/document.ts";
import { type Later, pause } from "../io/within.ts";
import { otherwise } from "./chassis.ts";
import { nextStep, type PowerAim, type PowerStep, type Stand } from "./next_step.ts";
import { failed, type PowerBmc, type PowerFinding } from "./power_bmc.ts";

/** How long things may take, and clocks. */
export interface PowerPace {
  /** Seconds until a node is on, or off, after its BMC said so. */
  readonly timeout: number;
  /** Seconds between off and on. */
  readonly settle: number;
  /** Seconds for a BMC that does not answer. */
  readonly silence: number;
  readonly later: Later;
  /** Milliseconds since some moment. */
  elapsed(): number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Takes the next turn of starting: how many milliseconds it is until then. */
  takeTurn(): number;
}

/** The work on one node; what is learned is kept from one session to the next. */
export class PowerWork {
  /** What was learned, as far as it got. */
  readonly seen: {
    before: PowerState | null;
    after: PowerState | null;
    boot: BootDevice | null;
    policy: NonNullable<NodePower["policy"]> | null;
    clock: number | null;
  } = { before: null, after: null, boot: null, policy: null, clock: null };
  readonly #aim: PowerAim;
  readonly #pace: PowerPace;
  readonly #stand: { -readonly [K in keyof Omit<Stand, "power">]: Stand[K] } = {
    off: "no",
    on: "no",
    isSettled: false,
    hasTurn: false,
    hasBoot: false,
  };
  /** When the BMC said that the node would be switched, in milliseconds. */
  #told = 0;
  /** When it was asked last whether the node is on. */
  #asked = 0;

  /**
   * @param aim What is to become of the node.
   * @param pace How long things may take, and clocks.
   */
  constructor(aim: PowerAim, pace: PowerPace) {
    this.#aim = aim;
    this.#pace = pace;
  }

  /** What the node was told last, perhaps in vain: `null` if nothing. */
  get told(): PowerState | null {
    if (this.#stand.on !== "no") return "on";
    return this.#stand.off !== "no" ? "off" : null;
  }

  /**
   * Goes on in an open session.
   *
   * @param bmc The BMC.
   * @param patience The time for it.
   * @throws {SessionLost} If the BMC stops answering, or time is over: another session
   * goes on.
   */
  async run(bmc: PowerBmc, patience: SessionPatience): Promise<PowerFinding> {
    // What another session has shown is not certain any more.
    this.#stand.hasBoot = false;
    for (let isFirst = true;; isFirst = false) {
      const power = await this.#look(bmc);
      if (typeof power !== "string") return power;
      if (isFirst) await this.#lookAround(power, bmc);
      const step = nextStep(this.#aim, { ...this.#stand, power });
      const finding = await this.#take(step, power, { bmc, patience });
      if (finding) return finding;
    }
  }

  async #look(bmc: PowerBmc): Promise<PowerState | PowerFinding> {
    this.#asked = this.#pace.elapsed();
    const seen = await bmc.look(this.told);
    if (!("power" in seen)) return seen;
    this.seen.before ??= seen.power;
    this.seen.after = seen.power;
    this.seen.policy = seen.policy;
    return seen.power;
  }

  /** What is not needed to switch a node. */
  async #lookAround(power: PowerState, bmc: PowerBmc): Promise<void> {
    const aim = this.#aim;
    const isLeft = power === "on" && aim.boot !== null && this.told === null;
    if (aim.power !== null && !isLeft) return;
    const boot = this.seen.boot = await bmc.readBoot();
    if (aim.boot !== null) this.#stand.hasBoot = otherwise(aim.boot, boot) === null;
    if (aim.power !== null) return;
    const clock = await bmc.readClock();
    this.seen.clock = clock === null ? null : clock - Math.floor(this.#pace.now() / 1000);
  }

  /** @returns What came of it, if this was the end. */
  async #take(
    step: PowerStep,
    power: PowerState,
    { bmc, patience }: { readonly bmc: PowerBmc; readonly patience: SessionPatience },
  ): Promise<PowerFinding | null> {
    switch (step) {
      case "end":
        return this.#end(power);
      case "refuse":
        return { state: "refused", reason: null, message: null, ...this.#aim.refusals[power] };
      case "switch-off":
      case "switch-on":
        return await this.#switch(step === "switch-on" ? "on" : "off", { bmc, patience });
      case "await-off":
      case "await-on":
        return await this.#await(power, bmc);
      case "settle":
        await this.#rest(this.#pace.settle * 1000, patience);
        this.#stand.isSettled = true;
        return null;
      case "take-turn":
        await this.#rest(this.#pace.takeTurn(), patience);
        this.#stand.hasTurn = true;
        return null;
      case "set-boot":
        return await this.#setBoot(bmc);
    }
  }

  #end(power: PowerState): PowerFinding {
    const isSame = this.#aim.power !== null && this.told === null;
    return { state: isSame ? "already" : power, reason: null, message: null };
  }

  async #setBoot(bmc: PowerBmc): Promise<PowerFinding | null> {
    const { boot } = this.#aim;
    if (boot === null) return null;
    const set = await bmc.setBoot(boot);
    this.seen.boot = set.boot;
    this.#stand.hasBoot = set.fault === null;
    return set.fault;
  }

  /** A command without an answer may have been carried out. */
  async #switch(
    power: PowerState,
    { bmc, patience }: { readonly bmc: PowerBmc; readonly patience: SessionPatience },
  ): Promise<PowerFinding | null> {
    this.#stand[power] = "sent";
    const answer = await bmc.switch(power);
    if (answer === "lost") return null;
    if (answer !== "answered") {
      this.#stand[power] = "no";
      return answer;
    }
    this.#stand[power] = "answered";
    this.#told = this.#pace.elapsed();
    patience.extend(this.#pace.timeout + this.#pace.silence);
    return null;
  }

  async #await(power: PowerState, bmc: PowerBmc): Promise<PowerFinding | null> {
    const { timeout } = this.#pace;
    const message = `said yes, still ${power} after ${timeout} s`;
    // An answer that comes late tells of a moment before.
    if (this.#asked - this.#told >= timeout * 1000) return failed("no-effect", message);
    await bmc.wait(message);
    return null;
  }

  async #rest(
    milliseconds: number,
    { signal, extend }: SessionPatience,
  ): Promise<void> {
    if (milliseconds <= 0) return;
    extend(milliseconds / 1000 + this.#pace.silence);
    await pause(milliseconds, signal, this.#pace.later);
    if (signal.aborted) throw new SessionLost("its time is over");
  }
}
