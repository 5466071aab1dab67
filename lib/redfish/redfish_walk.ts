/**
 * The way through the resources of a BMC: finds its own network interface, turns IPMI on,
 * switches it to DHCP, and resets it where it acts on that only then.
 *
 * Each step asks before it writes, and what is so already is not written: some take that for
 * an error. IPMI comes first, as some are gone to another address with DHCP; one reset, at
 * the end, is for both. Silence after a write is no failure, and what a BMC shows then may
 * be no more than a wish.
 *
 * @module
 */

import type { BmcReason, BmcState, IpmiSwitch } from "../document/document.ts";
import { type ManagerResource, managerResource } from "./manager.ts";
import { chooseFace, isKnownFace, type KnownBy, networkFace } from "./network_face.ts";
import { type Entrance, findRoot, logIn } from "./log_in.ts";
import { PatientService, WalkEnd } from "./patient_service.ts";
import { membersOf } from "./payload.ts";
import { resetByRedfish, resetForIpmi } from "./reset_by_redfish.ts";
import type { RedfishService } from "./service.ts";
import { type SeenFace, type Switching, switchToDhcp } from "./switch_to_dhcp.ts";
import { type IpmiResult, turnIpmiOn } from "./turn_ipmi_on.ts";

/** What became of a BMC. */
export interface RedfishResult {
  /** `null`: its reason says it. */
  readonly state: Extract<BmcState, "changed" | "already" | "reset"> | null;
  /** `null` where all is well. */
  readonly reason: BmcReason | null;
  /** For people; `null` for the words of the reason. */
  readonly message: string | null;
  /** What is known of IPMI; `null` if nothing is. */
  readonly ipmi: IpmiSwitch | null;
  /** Why IPMI could not be turned on; `null` if it could. */
  readonly ipmiTrouble: Pick<WalkEnd, "reason" | "words"> | null;
  /** What else was done, in words; `null` if nothing was. */
  readonly besides: string | null;
}

/** The parameters of a walk. */
export interface WalkOptions extends Entrance {
  /** Whether to turn IPMI on and do nothing else. */
  readonly onlyIpmi: boolean;
  /** Whether to reset the BMC in any case. */
  readonly reset: boolean;
}

/** Nobody has more. */
const MOST_MANAGERS = 8;
const MOST_FACES = 16;
/** It has said no, and is as it was. */
const HAS_REFUSED: readonly BmcReason[] = ["refused", "refused-role", "redirected", "not-kept"];

/** A walk through one BMC. */
export class RedfishWalk {
  readonly #service: RedfishService;
  readonly #patient: PatientService;
  readonly #known: KnownBy;
  readonly #options: WalkOptions;
  #ipmi: IpmiResult = { ipmi: null, trouble: null };
  #besides: string | null = null;

  /**
   * @param service That of the BMC.
   * @param known What it is known by.
   * @param options What to do, and the patience for it.
   */
  constructor(service: RedfishService, known: KnownBy, options: WalkOptions) {
    this.#service = service;
    this.#patient = new PatientService(service, options);
    this.#known = known;
    this.#options = options;
  }

  /**
   * Does what was asked for.
   *
   * @throws {Deno.errors.NotFound} If there is no curl.
   */
  async run(): Promise<RedfishResult> {
    try {
      return await this.#work();
    } catch (error) {
      if (!(error instanceof WalkEnd)) throw error;
      // It has taken the password: this says nothing against that of others.
      if (error.reason === "password-expired") this.#options.onOpen();
      return { ...this.#result(null, error.words), reason: error.reason };
    }
  }

  async #work(): Promise<RedfishResult> {
    const manager = await this.#enter();
    if (this.#options.onlyIpmi) return await this.#turnOnOnly(manager);
    const seen = await this.#findFace(manager);
    this.#ipmi = await turnIpmiOn(this.#patient, manager.protocols);
    const before = await this.#switch(seen).catch((error) => this.#refused(manager, error));
    if (this.#patient.needsReset || this.#options.reset) return await this.#reset(manager, before);
    return this.#result(before === "was on DHCP already" ? "already" : "changed");
  }

  async #enter(): Promise<ManagerResource> {
    const visit = { service: this.#service, patient: this.#patient };
    const { managers } = this.#options.root ?? await findRoot(visit, this.#options);
    const paths = membersOf((await logIn(visit, managers, this.#options)).json);
    for (const path of paths.slice(0, MOST_MANAGERS)) {
      const manager = managerResource((await this.#patient.read(path)).json);
      if (manager) return manager;
    }
    throw new WalkEnd("no-interface", "it names no manager with network interfaces");
  }

  async #findFace({ faces, protocols }: ManagerResource): Promise<SeenFace> {
    const seen: SeenFace[] = [];
    const ahead = protocols === null ? [] : [protocols];
    const all = membersOf((await this.#patient.read(faces, { ahead })).json);
    const paths = all.slice(0, MOST_FACES);
    for (const [i, path] of paths.entries()) {
      // Mostly the first one is it. Each request takes a BMC a second: others are read if not.
      const others = i === 1 ? paths.slice(2) : [];
      const answer = await this.#patient.read(path, { ahead: others });
      const face = networkFace(path, answer.json);
      seen.push({ face, answer });
      if (isKnownFace(face, this.#known)) break;
    }
    const chosen = chooseFace(seen.map(({ face }) => face), this.#known);
    if (typeof chosen === "string") throw new WalkEnd("no-interface", chosen);
    const found = seen.find(({ face }) => face === chosen);
    if (!found || !chosen.dhcp) throw new WalkEnd("no-dhcp-setting");
    return found;
  }

  async #switch(seen: SeenFace): Promise<Switching> {
    const before = await switchToDhcp(this.#patient, seen);
    const isKept = before !== "did not keep the setting";
    if (!isKept && !this.#options.reset) throw new WalkEnd("not-kept");
    return before;
  }

  /** What was written before is not left to be no more than a wish. */
  async #refused({ reset }: ManagerResource, error: unknown): Promise<never> {
    const { needsReset, hasWritten } = this.#patient;
    const isRefusal = error instanceof WalkEnd && HAS_REFUSED.includes(error.reason) && !hasWritten;
    if (isRefusal && needsReset) this.#besides = await resetForIpmi(this.#patient, reset);
    throw error;
  }

  async #turnOnOnly(manager: ManagerResource): Promise<RedfishResult> {
    this.#ipmi = await turnIpmiOn(this.#patient, manager.protocols);
    const { ipmi, trouble } = this.#ipmi;
    if (trouble?.reason === "not-kept") throw new WalkEnd("refused", "it did not turn IPMI on");
    if (trouble) throw trouble;
    if (ipmi === null) throw new WalkEnd("no-ipmi-switch");
    const isOn = ipmi === "on";
    const before = isOn ? "IPMI was on already" : "IPMI was turned on first";
    if (this.#patient.needsReset) return await this.#reset(manager, before);
    return this.#result(isOn ? "already" : "changed");
  }

  /** @param before What was done, or was so, before. */
  async #reset({ reset }: ManagerResource, before: string): Promise<RedfishResult> {
    await resetByRedfish(this.#patient, reset, before);
    return this.#result("reset", before);
  }

  #result(state: RedfishResult["state"], message: string | null = null): RedfishResult {
    const { ipmi, trouble } = this.#ipmi;
    return { state, reason: null, message, ipmi, ipmiTrouble: trouble, besides: this.#besides };
  }
}
