/**
 * The way to a BMC whose IPMI is off: by Redfish.
 *
 * @module
 */

import { isNoProgram } from "../io/failures.ts";
import type { Later } from "../io/within.ts";
import type { Entrance } from "../redfish/log_in.ts";
import type { RedfishSight, ServiceRoot } from "../redfish/probe.ts";
import type { RedfishResult } from "../redfish/redfish_walk.ts";
import type { RedfishService } from "../redfish/service.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { type Finding, found, type Trouble } from "./finding.ts";

/**
 * When Redfish is used: where IPMI gives no answer; only to tell that it answers; for all,
 * in place of IPMI.
 */
export type RedfishMode = "auto" | "never" | "only";

/** What one BMC is asked with. */
export interface OtherTurn extends Pick<Entrance, "mayTry" | "giveWay" | "onOpen"> {
  /** Takes each line that is said, for the log. */
  log(line: string): void;
}

/** The way to BMCs whose IPMI is off. */
export interface OtherWay {
  readonly mode: RedfishMode;
  /**
   * Looks whether a BMC speaks Redfish; nobody is told the password.
   *
   * @returns `null` if that cannot be found out.
   */
  look(
    target: BmcTarget,
    options: Pick<OtherTurn, "log"> & { readonly signal: AbortSignal },
  ): Promise<RedfishSight | null>;
  /**
   * Does by Redfish what was to be done.
   *
   * @param root What was seen of it; `null` if nobody has looked.
   */
  set(target: BmcTarget, root: ServiceRoot | null, turn: OtherTurn): Promise<Finding>;
}

/** A visit to a BMC: its service, who comes, and the time for it. */
export interface RedfishVisit extends Entrance {
  readonly service: RedfishService;
  /** Gives the BMC so many seconds from now. */
  extend(seconds: number): void;
}

/** What all BMCs are asked with. */
export interface OtherWayOptions {
  readonly mode: RedfishMode;
  readonly password: string;
  /** The search path for curl, if there is one. */
  readonly path: string | undefined;
  /** Whether curl must outlive the terminal. */
  readonly ignoresHangup: boolean;
  /** The keys that BMCs must have, by address; `null` for any. */
  readonly pins: ReadonlyMap<string, string> | null;
  /** The node whose BMC is that of this machine. */
  readonly pit: string;
  /** Whether to turn IPMI on and do nothing else. */
  readonly onlyIpmi: boolean;
  /** Whether to reset BMCs in any case. */
  readonly reset: boolean;
  /** Seconds for each BMC. */
  readonly timeout: number;
  /** Aborted at ^C. */
  readonly signal: AbortSignal;
  readonly later: Later;
  /** Called if there is no curl. */
  onMissing(): void;
}

/** The time for a look: an attempt by IPMI that gets no answer takes as long. */
const ASIDE_SECONDS = 6;

/** Redfish, by curl; both are loaded when the first BMC is silent. */
export class ByRedfish implements OtherWay {
  readonly mode: RedfishMode;
  readonly #options: OtherWayOptions;

  constructor(options: OtherWayOptions) {
    this.mode = options.mode;
    this.#options = options;
  }

  async look(
    target: BmcTarget,
    { log, signal }: Parameters<OtherWay["look"]>[1],
  ): Promise<RedfishSight | null> {
    const { lookForRedfish } = await import("../redfish/probe.ts");
    // Nobody is told a secret: one without a pin may be looked for, too.
    const pin = this.#pinOf(target) ?? null;
    try {
      const service = await this.#service(target, { log, pin, signal });
      return await lookForRedfish(service, ASIDE_SECONDS);
    } catch (error) {
      if (!isNoProgram(error)) throw error;
      this.#options.onMissing();
      return null;
    }
  }

  async set(target: BmcTarget, root: ServiceRoot | null, turn: OtherTurn): Promise<Finding> {
    if (target.node === this.#options.pit) return found("own-bmc");
    const { RedfishWalk } = await import("../redfish/redfish_walk.ts");
    return await this.visit(target, { ...turn, root }, async ({ service, ...visit }) => {
      const how = { ...this.#options, ...visit };
      return findingOf(await new RedfishWalk(service, target, how).run());
    });
  }

  /**
   * Visits a BMC, within its time.
   *
   * @param target The BMC.
   * @param turn What it is asked with; `root`: what was seen of it, `null` if nobody has looked.
   * @param work What is done there.
   */
  async visit<R>(
    target: BmcTarget,
    { root, log, giveWay, onOpen, ...turn }: OtherTurn & { readonly root: ServiceRoot | null },
    work: (visit: RedfishVisit) => Promise<R>,
  ): Promise<R | Trouble> {
    const { password, timeout, signal: interrupt, later } = this.#options;
    const pin = this.#pinOf(target);
    if (pin === undefined) return found("no-pin");
    const deadline = new AbortController();
    let stop = (): void => {};
    const extend = (seconds: number): void => {
      stop();
      stop = later(seconds * 1000, () => deadline.abort());
    };
    // What is spent on waiting for others is not its time.
    const mayTry = async (): Promise<boolean> => {
      stop();
      const may = await turn.mayTry();
      extend(timeout);
      return may;
    };
    extend(timeout);
    const signal = AbortSignal.any([interrupt, deadline.signal]);
    const who = { user: target.user, password, root, mayTry, giveWay, onOpen };
    try {
      const service = await this.#service(target, { log, pin, signal });
      return await work({ service, ...who, timeout, signal, interrupt, later, extend });
    } finally {
      stop();
    }
  }

  /** @returns `undefined` where others have one, and it has none. */
  #pinOf({ address }: BmcTarget): string | null | undefined {
    const { pins } = this.#options;
    return pins === null ? null : pins.get(address);
  }

  async #service(
    { address }: BmcTarget,
    { log, pin, signal }: ServiceWish,
  ): Promise<RedfishService> {
    const [{ curlRunner }, { RedfishService }] = await Promise.all([
      import("../redfish/curl.ts"),
      import("../redfish/service.ts"),
    ]);
    const { later } = this.#options;
    const tell = (line: string): void => log(`redfish ${line}`);
    const run = curlRunner(this.#options);
    return new RedfishService({ address, pin, run, signal, later, log: tell });
  }
}

interface ServiceWish extends Pick<OtherTurn, "log"> {
  readonly pin: string | null;
  readonly signal: AbortSignal;
}

/** What it answered nothing by says nothing of Redfish. */
function findingOf(
  { state, reason, message, ipmi, ipmiTrouble, besides }: RedfishResult,
): Finding {
  const note = ipmiTrouble &&
    `IPMI stays off: ${ipmiTrouble.words ?? found(ipmiTrouble.reason).message}`;
  const of = reason
    ? found(reason, message ?? undefined)
    : { state: state ?? "changed", reason, message };
  const words = [of.message, besides, note].filter(Boolean).join("; ") || null;
  const isUnheard = of.state === "unreachable" || of.state === "skipped";
  return { ...of, message: words, ipmi, by: isUnheard ? null : "redfish" };
}
