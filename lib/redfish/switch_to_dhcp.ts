/**
 * Switches the network interface of a BMC to DHCP, unless it is so already.
 *
 * @module
 */

import type { RedfishAnswer } from "./curl_config.ts";
import { type NetworkFace, networkFace } from "./network_face.ts";
import { MOST_WRITES, type PatientService, WalkEnd } from "./patient_service.ts";

/** An interface, and the answer that it was read from, whose ETag a write needs. */
export interface SeenFace {
  readonly face: NetworkFace;
  readonly answer: RedfishAnswer;
}

/** What was found, or done. */
export type Switching =
  | "was on DHCP already"
  | "was to be on DHCP after its next reset"
  | "switched to DHCP first"
  | "did not keep the setting";

/** So often it is looked for what it shows after that. */
const MOST_LOOKS = 3;
/** The time for such a look: it may be gone to another address. */
const AFTER_SECONDS = 5;

/**
 * Switches an interface to DHCP. On an iLO that is a wish: it acts on it after a reset.
 *
 * @param service That of the BMC.
 * @param seen Its interface.
 * @throws {WalkEnd} If it refuses, or is gone before it says what it did.
 */
export async function switchToDhcp(service: PatientService, seen: SeenFace): Promise<Switching> {
  const { dhcp, isPending } = seen.face;
  if (dhcp?.isOn) {
    service.needsReset ||= isPending;
    return isPending ? "was to be on DHCP after its next reset" : "was on DHCP already";
  }
  for (let writes = 1; writes <= MOST_WRITES; writes++) {
    const { face: { path }, answer: before } = seen;
    const isSure = await service.write(path, dhcp?.patch ?? {}, { before, isGoal: true });
    const face = await faceShown(service, path);
    service.needsReset ||= face?.isPending === true;
    if (face) return "switched to DHCP first";
    if (isSure) break;
  }
  service.hasWritten = false;
  return "did not keep the setting";
}

/** @returns `null` if it does not show the setting; some show for a while what was before. */
async function faceShown(service: PatientService, path: string): Promise<NetworkFace | null> {
  for (let looks = 1; looks <= MOST_LOOKS; looks++) {
    const face = await askFace(service, path);
    if (face.dhcp?.isOn) return face;
    if (looks < MOST_LOOKS) await service.wait(looks, new WalkEnd("not-kept"));
  }
  return null;
}

/** @throws {WalkEnd} If it is gone: perhaps to the address that it was given. */
async function askFace(service: PatientService, path: string): Promise<NetworkFace> {
  for (let tries = 1; tries <= MOST_LOOKS; tries++) {
    const answer = await service.look(path, AFTER_SECONDS);
    if (answer) return networkFace(path, answer.json);
    if (tries < MOST_LOOKS) await service.wait(tries, new WalkEnd("session-lost"));
  }
  throw new WalkEnd("session-lost");
}
