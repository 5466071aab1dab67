/**
 * The power of a node by Redfish.
 *
 * @module
 */

import { found } from "../bmc/finding.ts";
import type { BootDevice, PowerState } from "../document/document.ts";
import { bootOverride } from "../redfish/boot_override.ts";
import { type PatientService, WalkEnd } from "../redfish/patient_service.ts";
import { allowedResets } from "../redfish/reset_by_redfish.ts";
import type { RedfishCall } from "../redfish/service.ts";
import { clockAt, powerReset, type SystemResource, systemResource } from "../redfish/system.ts";
import { afterTrouble } from "./after_trouble.ts";
import { type BootPlace, setBootByRedfish } from "./boot_by_redfish.ts";
import type { Chassis, PxeWish } from "./chassis.ts";
import {
  type BootSet,
  failed,
  type PowerAnswer,
  type PowerBmc,
  type PowerFinding,
} from "./power_bmc.ts";

/** A node as it was seen last. */
interface SeenSystem extends BootPlace {
  readonly system: SystemResource;
}

/** A BMC that has let us in. */
export class RedfishPower implements PowerBmc {
  readonly #patient: PatientService;
  readonly #path: string;
  readonly #isSwitched: boolean;
  #seen: SeenSystem | null = null;
  #types: readonly string[] | null | undefined;
  /** A command was sent, and nobody knows what became of it. */
  #isUnsure = false;

  /**
   * @param patient The service.
   * @param path The path of the node.
   * @param options `isSwitched`: whether the node shall be switched, and not only looked at.
   */
  constructor(
    patient: PatientService,
    path: string,
    { isSwitched }: { readonly isSwitched: boolean },
  ) {
    this.#patient = patient;
    this.#path = path;
    this.#isSwitched = isSwitched;
  }

  async look(told: PowerState | null): Promise<Chassis | PowerFinding> {
    for (;;) {
      const { system } = await this.#look();
      const { power, policy } = system;
      if (power === null) return failed("refused", "it does not say whether its node is on");
      if (power !== "changing") return { power, policy };
      // What it was told is not true yet; and one that is only looked at draws power.
      if (told !== null) return { power: told === "on" ? "off" : "on", policy };
      if (!this.#isSwitched) return { power: "on", policy };
      await this.#patient.wait(1, new WalkEnd("busy", "its node is between on and off"));
    }
  }

  async readBoot(): Promise<BootDevice | null> {
    return bootOverride((await this.#bootPlace()).answer.json);
  }

  async setBoot(wish: PxeWish): Promise<BootSet> {
    const set = await setBootByRedfish(this.#patient, await this.#bootPlace(), wish);
    this.#patient.lastTrouble = null;
    return set;
  }

  async readClock(): Promise<number | null> {
    const [manager] = this.#seen?.system.managers ?? [];
    if (manager === undefined) return null;
    return clockAt((await this.#patient.read(manager)).json);
  }

  /** One that refuses may have done it before: the state is looked at. */
  async switch(power: PowerState): Promise<PowerAnswer> {
    const patient = this.#patient;
    const { system: { reset } } = this.#seen ?? await this.#look();
    if (!reset) return failed("refused", "it names no way to switch its node");
    if (this.#types === undefined) this.#types = await allowedResets(patient, reset);
    const body = powerReset(power, this.#types);
    if (body === null) {
      return failed("refused", `it offers nothing that only switches ${power}`);
    }
    for (let tries = 1;; tries++) {
      const answer = await this.#try(power, { path: reset.target, body });
      if (!(answer instanceof WalkEnd)) return answer;
      await patient.wait(tries, answer);
    }
  }

  /** @returns Why not just now, if it may be tried again. */
  async #try(
    power: PowerState,
    call: Pick<RedfishCall, "path" | "body">,
  ): Promise<PowerAnswer | WalkEnd> {
    const verdict = await this.#patient.ask({ method: "POST", ...call });
    if (verdict.is === "done" || verdict.is === "already") return "answered";
    if (verdict.is === "unsure") {
      this.#isUnsure = true;
      await this.#patient.wait(2, new WalkEnd("silent"));
      return "lost";
    }
    const reason = verdict.is === "stale" ? "refused" : verdict.reason;
    if (verdict.is === "end" && reason !== "refused") {
      const told = this.#isUnsure ? power : null;
      return afterTrouble(found(reason, verdict.words), { told });
    }
    const seen = await this.look(power);
    if ("power" in seen && seen.power === power) return "answered";
    if (verdict.is === "again") {
      return new WalkEnd(this.#isUnsure ? "silent" : reason, verdict.words);
    }
    const why = verdict.words?.replace(/^refused \((.*)\)$/, "$1") ?? reason;
    return failed("refused", `it refused to switch ${power} (${why})`);
  }

  async wait(why: string): Promise<void> {
    await this.#patient.wait(1, new WalkEnd("silent", why));
    this.#patient.lastTrouble = null;
  }

  async #look(): Promise<SeenSystem> {
    const answer = await this.#patient.read(this.#path);
    // What was said before it answered says nothing of what comes.
    this.#patient.lastTrouble = null;
    const system = systemResource(this.#path, answer.json);
    return this.#seen = { path: this.#path, answer, system };
  }

  /** Newer ones of AMI take it only at the settings for the next start. */
  async #bootPlace(): Promise<BootPlace> {
    const seen = this.#seen ?? await this.#look();
    const { settings } = seen.system;
    if (settings === null) return seen;
    const answer = await this.#patient.read(settings);
    return bootOverride(answer.json) === null ? seen : { path: settings, answer };
  }
}
