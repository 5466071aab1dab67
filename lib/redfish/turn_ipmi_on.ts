/**
 * Turns IPMI on, where a BMC says that it is off.
 *
 * @module
 */

import type { BmcReason, IpmiSwitch } from "../document/document.ts";
import type { RedfishAnswer } from "./curl_config.ts";
import { isPendingReset } from "./network_face.ts";
import { MOST_WRITES, type PatientService, WalkEnd } from "./patient_service.ts";
import { switchAt } from "./payload.ts";

/** What became of it. */
export interface IpmiResult {
  /** `null`: the BMC does not say. */
  readonly ipmi: IpmiSwitch | null;
  /** Why it could not be turned on. */
  readonly trouble: WalkEnd | null;
}

/** So often a BMC is asked for what other steps do not need, and looked at after a write. */
const FEW_TRIES = 3;
/** Where IPMI cannot be turned on for such a reason, nothing else can be done either. */
const FATAL: readonly BmcReason[] = [
  "refused-login",
  "refused-role",
  "password-expired",
  "wrong-pin",
  "interrupted",
];

/**
 * Turns IPMI on; what it needs for that is nothing that others need.
 *
 * @param service That of the BMC.
 * @param path The path of its protocols; `null` if it has none.
 * @throws {WalkEnd} If nothing else can be done either.
 */
export async function turnIpmiOn(
  service: PatientService,
  path: string | null,
): Promise<IpmiResult> {
  if (path === null) return { ipmi: null, trouble: null };
  let ipmi: IpmiSwitch | null = null;
  try {
    const before = await service.read(path, { most: FEW_TRIES });
    ipmi = switchOf(before);
    if (ipmi === "on") service.needsReset ||= isPendingReset(before.json);
    if (ipmi === "off") {
      await turnOn(service, path, before);
      ipmi = "enabled";
    }
    return { ipmi, trouble: null };
  } catch (error) {
    if (!(error instanceof WalkEnd) || FATAL.includes(error.reason)) throw error;
    return { ipmi, trouble: error };
  }
}

async function turnOn(service: PatientService, path: string, before: RedfishAnswer): Promise<void> {
  for (let writes = 1; writes <= MOST_WRITES; writes++) {
    const isSure = await service.write(path, { IPMI: { ProtocolEnabled: true } }, { before });
    if (await isShownOn(service, path)) return;
    if (isSure) break;
  }
  throw new WalkEnd("not-kept");
}

/** Whether it shows it; some say that they did before they do. */
async function isShownOn(service: PatientService, path: string): Promise<boolean> {
  for (let looks = 1;; looks++) {
    const after = await service.read(path, { most: FEW_TRIES });
    service.needsReset ||= isPendingReset(after.json);
    if (switchOf(after) === "on") return true;
    if (looks === FEW_TRIES) return false;
    await service.wait(looks, new WalkEnd("not-kept"));
  }
}

/** Not to say it is not to say that it is off. */
function switchOf({ json }: RedfishAnswer): "on" | "off" | null {
  const isOn = switchAt(json, "IPMI", "ProtocolEnabled");
  return isOn === undefined ? null : isOn ? "on" : "off";
}
