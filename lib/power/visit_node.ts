/**
 * Works on the power of a node whose BMC is asked by Redfish.
 *
 * @module
 */

import { found } from "../bmc/finding.ts";
import type { RedfishVisit } from "../bmc/other_way.ts";
import { SessionLost } from "../bmc/session.ts";
import { findSystem } from "../redfish/find_system.ts";
import { PatientService, WalkEnd } from "../redfish/patient_service.ts";
import { afterTrouble } from "./after_trouble.ts";
import type { PowerFinding } from "./power_bmc.ts";
import { RedfishPower } from "./power_by_redfish.ts";
import type { PowerWork } from "./power_work.ts";

/**
 * Works on a node.
 *
 * @param work What is to be done, and what is known.
 * @param visit The service of its BMC, and the time for it.
 * @param options `isSwitched`: whether it shall be switched, and not only looked at.
 * @throws {Deno.errors.NotFound} If there is no curl.
 */
export async function visitNode(
  work: PowerWork,
  visit: RedfishVisit,
  options: { readonly isSwitched: boolean },
): Promise<PowerFinding> {
  const patient = new PatientService(visit.service, visit);
  try {
    const path = await findSystem({ service: visit.service, patient }, visit);
    return await work.run(new RedfishPower(patient, path, options), visit);
  } catch (error) {
    // Only ^C ends the rest between off and on.
    if (error instanceof SessionLost) return afterTrouble(found("interrupted"), work);
    if (!(error instanceof WalkEnd)) throw error;
    // It has taken the password: this says nothing against that of others.
    if (error.reason === "password-expired") visit.onOpen();
    return afterTrouble(found(error.reason, error.words ?? undefined), work);
  }
}
