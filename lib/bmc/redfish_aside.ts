/**
 * Looks by Redfish beside the attempts by IPMI: why a BMC is silent, and perhaps another
 * way to it.
 *
 * @module
 */

import type { BmcReason } from "../document/document.ts";
import type { Later } from "../io/within.ts";
import type { RedfishSight, ServiceRoot } from "../redfish/probe.ts";
import type { Aside } from "./attempts.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { found, type Trouble } from "./finding.ts";
import { LookAside } from "./look_aside.ts";
import type { Ended } from "./next_attempt.ts";
import type { OtherWay } from "./other_way.ts";

/** What it works with. */
interface RedfishAsideOptions<R> {
  readonly otherWay: Pick<OtherWay, "look">;
  /** Takes each line that is said, for the log. */
  log(line: string): void;
  readonly later: Later;
  /** How many may be asked at the same time. */
  readonly crowd: number;
  /** Does by Redfish what was to be done; `null`: it is only told that IPMI is off. */
  readonly set: ((root: ServiceRoot) => Promise<R | Trouble>) | null;
}

/** What says more of a BMC than that its IPMI is silent. */
const TELLING_MORE: readonly BmcReason[] = ["starting", "no-tls", "wrong-pin"];

/** Looks by Redfish whether IPMI is off. */
export class RedfishAside<R> implements Aside<R> {
  told: Trouble | null = null;
  readonly #target: BmcTarget;
  readonly #options: RedfishAsideOptions<R>;
  #look: LookAside<RedfishSight | null> | null = null;

  /**
   * @param target The BMC.
   * @param options Who looks.
   */
  constructor(target: BmcTarget, options: RedfishAsideOptions<R>) {
    this.#target = target;
    this.#options = options;
  }

  begin(signal: AbortSignal): void {
    const { otherWay, log, later, crowd } = this.#options;
    const look = (signal: AbortSignal): Promise<RedfishSight | null> =>
      otherWay.look(this.#target, { log, signal });
    this.#look = new LookAside(look, { signal, later, crowd });
  }

  opened(): void {
    this.#look?.stop();
  }

  /** Where nothing was heard of it by IPMI, by Redfish. */
  async after({ reason }: Ended): Promise<R | Trouble | null> {
    const seen = reason === "no-answer" ? await this.#look?.seen() : null;
    await this.#look?.[Symbol.asyncDispose]();
    if (!seen) return null;
    if (seen.is !== "redfish") {
      if (TELLING_MORE.includes(seen.reason)) this.told = found(seen.reason);
      return null;
    }
    this.told = found("ipmi-off");
    return await this.#options.set?.(seen.root) ?? null;
  }

  /** Stops its clock, and its curl. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#look?.[Symbol.asyncDispose]();
  }
}
