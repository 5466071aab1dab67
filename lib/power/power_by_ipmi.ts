/**
 * The power of a node by IPMI, in an open session with its BMC.
 *
 * @module
 */

import { found } from "../bmc/finding.ts";
import { codeWords } from "../bmc/ipmi.ts";
import { type AskPatience, type LastAnswer, PatientSession } from "../bmc/patient_session.ts";
import type { Session } from "../bmc/session.ts";
import type { BootDevice, PowerState } from "../document/document.ts";
import {
  type Chassis,
  GET_CHASSIS_STATUS,
  GET_CLOCK,
  parseChassis,
  parseClock,
  type PxeWish,
  switchPower,
} from "./chassis.ts";
import {
  type BootSet,
  failed,
  type PowerAnswer,
  type PowerBmc,
  type PowerFinding,
} from "./power_bmc.ts";
import { readBootDevice, setBootDevice } from "./set_boot_device.ts";

/** A BMC in a session. */
export class IpmiPower implements PowerBmc {
  readonly #patient: PatientSession;
  readonly #known: LastAnswer;

  /**
   * @param session The open session.
   * @param known What is learned is kept there.
   * @param patience How long it is asked.
   */
  constructor(session: Pick<Session, "ask">, known: LastAnswer, patience: AskPatience) {
    this.#patient = new PatientSession(session, known, patience);
    this.#known = known;
  }

  async look(): Promise<Chassis | PowerFinding> {
    const answer = await this.#patient.ask(GET_CHASSIS_STATUS);
    const chassis = answer.kind === "data" ? parseChassis(answer.data) : null;
    if (chassis !== null) return chassis;
    const why = answer.kind === "refused" ? `refused (${codeWords(answer.code)})` : "no answer";
    return failed("refused", `it does not say whether its node is on: ${why}`);
  }

  readBoot(): Promise<BootDevice | null> {
    return readBootDevice(this.#patient);
  }

  setBoot(wish: PxeWish): Promise<BootSet> {
    return setBootDevice(this.#patient, wish);
  }

  async readClock(): Promise<number | null> {
    const answer = await this.#patient.ask(GET_CLOCK);
    return answer.kind === "data" ? parseClock(answer.data) : null;
  }

  /** A command that is refused may have been carried out before. */
  async switch(power: PowerState): Promise<PowerAnswer> {
    const answer = await this.#patient.ask(switchPower(power), {
      isTaken: async () => {
        const seen = await this.look();
        return "power" in seen && seen.power === power;
      },
    });
    if (answer.kind === "data") return "answered";
    return failed("refused", `it refused to switch ${power} (${codeWords(answer.code)})`);
  }

  async wait(why: string): Promise<void> {
    await this.#patient.wait(found("silent", why));
    this.#known.trouble = null;
  }
}
