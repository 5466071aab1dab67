/**
 * Tells a BMC what its node boots from, and reads back what it keeps.
 *
 * @module
 */

import { found } from "../bmc/finding.ts";
import { codeWords } from "../bmc/ipmi.ts";
import type { PatientSession } from "../bmc/patient_session.ts";
import type { BootDevice } from "../document/document.ts";
import {
  AFTER_BOOT_FLAGS,
  BEFORE_BOOT_FLAGS,
  GET_BOOT_FLAGS,
  otherwise,
  parseBootFlags,
  type PxeWish,
  setBootFlags,
} from "./chassis.ts";
import { type BootSet, failed } from "./power_bmc.ts";

/** So often it is asked what it keeps: it may show the old for a while. */
const MOST_BOOT_LOOKS = 4;

/**
 * Reads what a node boots from.
 *
 * @returns `null` if its BMC does not say it.
 */
export async function readBootDevice(session: PatientSession): Promise<BootDevice | null> {
  const answer = await session.ask(GET_BOOT_FLAGS);
  return answer.kind === "data" ? parseBootFlags(answer.data) : null;
}

/**
 * Sets it. A BMC that keeps something else is told once, and not again and again.
 *
 * @param session An open session.
 * @param wish What it shall boot from.
 */
export async function setBootDevice(session: PatientSession, wish: PxeWish): Promise<BootSet> {
  // What is said around it may be refused, or unknown to the BMC.
  for (const command of BEFORE_BOOT_FLAGS) await session.say(command);
  const answer = await session.ask(setBootFlags(wish), {
    isTaken: async () => otherwise(wish, await readBootDevice(session)) === null,
  });
  for (const command of AFTER_BOOT_FLAGS) await session.say(command);
  if (answer.kind === "refused") {
    const message = `it refused the boot device (${codeWords(answer.code)})`;
    return { boot: null, fault: failed("boot-refused", message) };
  }
  for (let looks = 1;; looks++) {
    const boot = await readBootDevice(session);
    const message = otherwise(wish, boot);
    if (message === null) return { boot, fault: null };
    if (looks === MOST_BOOT_LOOKS) {
      return { boot, fault: failed("boot-not-kept", message) };
    }
    await session.wait(found("not-kept", message));
  }
}
