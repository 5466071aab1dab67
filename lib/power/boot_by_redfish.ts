/**
 * Tells a BMC by Redfish what its node boots from, and reads back what it keeps.
 *
 * @module
 */

import type { RedfishAnswer } from "../redfish/curl_config.ts";
import {
  bootOverride,
  isHpe,
  needsMode,
  overrideBody,
  overrideObjection,
} from "../redfish/boot_override.ts";
import { MOST_WRITES, type PatientService, WalkEnd } from "../redfish/patient_service.ts";
import { otherwise, type PxeWish } from "./chassis.ts";
import { type BootSet, failed } from "./power_bmc.ts";

/** Where a boot device is set. */
export interface BootPlace {
  readonly path: string;
  /** As it was read. */
  readonly answer: RedfishAnswer;
}

/** So often it is read what it keeps: it may show the old for a while. */
const MOST_READS = 4;

/**
 * Sets it. What is so already is not written: some take that for an error.
 *
 * @param patient The service.
 * @param place Where.
 * @param wish What it shall boot from.
 * @throws {WalkEnd} If the BMC stops answering, or time is over.
 */
export async function setBootByRedfish(
  patient: PatientService,
  place: BootPlace,
  wish: PxeWish,
): Promise<BootSet> {
  const { json } = place.answer;
  const shown = bootOverride(json);
  if (otherwise(wish, shown) === null) return { boot: shown, fault: null };
  const objection = overrideObjection(json, wish);
  if (objection !== null) return { boot: shown, fault: failed("boot-not-kept", objection) };
  let [hasMode, mayChange] = [needsMode(json), !isHpe(json)];
  for (let writes = 1;; writes++) {
    const said = await sayBoot(patient, place, overrideBody(wish, hasMode));
    const boot = said.is === "no" ? null : await readKept(patient, place.path, wish);
    const message = otherwise(wish, boot);
    if (message === null) return { boot, fault: null };
    // Some refuse to be told UEFI, others fall back to BIOS where they are not.
    const isOfMode = said.is === "no" ? hasMode : !hasMode && boot?.efi === false;
    if (isOfMode && mayChange) [hasMode, mayChange] = [!hasMode, false];
    else if (said.is === "no") return { boot, fault: failed("boot-refused", said.words) };
    else if (said.is === "yes" || writes >= MOST_WRITES) {
      return { boot, fault: failed("boot-not-kept", message) };
    }
  }
}

/** What a BMC says of a write. */
type WriteSaid = { readonly is: "yes" | "unsure" } | { readonly is: "no"; readonly words: string };

async function sayBoot(
  patient: PatientService,
  { path, answer }: BootPlace,
  body: Readonly<Record<string, unknown>>,
): Promise<WriteSaid> {
  try {
    return { is: await patient.write(path, body, { before: answer }) ? "yes" : "unsure" };
  } catch (error) {
    if (!(error instanceof WalkEnd) || error.reason !== "refused") throw error;
    const why = /\(.*\)/.exec(error.words ?? "")?.[0] ?? "";
    return { is: "no", words: `it refused the boot device ${why}`.trimEnd() };
  }
}

async function readKept(
  patient: PatientService,
  path: string,
  wish: PxeWish,
): Promise<BootSet["boot"]> {
  for (let reads = 1;; reads++) {
    const boot = bootOverride((await patient.read(path)).json);
    const message = otherwise(wish, boot);
    if (message === null || reads === MOST_READS) return boot;
    await patient.wait(1, new WalkEnd("not-kept", message));
  }
}
