/**
 * The way into a Redfish service: whether it is one, and whether it takes the password.
 *
 * @module
 */

import type { RedfishAnswer } from "./curl_config.ts";
import { type Patience, type PatientService, WalkEnd } from "./patient_service.ts";
import { lookForRedfish, type ServiceRoot } from "./probe.ts";
import type { RedfishService } from "./service.ts";

/** Who comes in, and how. */
export interface Entrance extends Patience {
  readonly user: string;
  readonly password: string;
  /** What was seen of the BMC before; `null` if it was not looked for. */
  readonly root: ServiceRoot | null;
  /** Asks whether the password may be sent: `false` if others refuse it. */
  mayTry(): Promise<boolean>;
  /** Leaves the place of a BMC that is silent to others; the signal ends the wait. */
  giveWay(signal: AbortSignal): Promise<void>;
  /** Called when the BMC lets us in. */
  onOpen(): void;
}

/** A service, and the patience with it. */
export interface Visit {
  readonly service: RedfishService;
  readonly patient: PatientService;
}

/**
 * Finds the beginning of a service. Nobody is told a password.
 *
 * @param visit The service.
 * @param entrance Who comes in.
 * @throws {WalkEnd} If it is no service.
 */
export async function findRoot(
  { service, patient }: Visit,
  { signal, giveWay }: Pick<Entrance, "signal" | "giveWay">,
): Promise<ServiceRoot> {
  for (let tries = 1;; tries++) {
    const sight = await lookForRedfish(service);
    if (sight.is === "redfish") return sight.root;
    if (sight.is === "end") throw new WalkEnd(sight.reason, sight.words);
    if (sight.reason === "no-answer") await giveWay(signal);
    await patient.wait(tries, new WalkEnd(sight.reason));
  }
}

/**
 * Reads the first resource with the password. That request is the last one if it is refused.
 *
 * @param visit The service.
 * @param path The path of the resource.
 * @param entrance Who comes in.
 * @throws {WalkEnd} If it does not let us in.
 */
export async function logIn(
  { service, patient }: Visit,
  path: string,
  { user, password, interrupt, mayTry, onOpen }: Omit<Entrance, "root" | "giveWay">,
): Promise<RedfishAnswer> {
  if (user.includes(":")) throw new WalkEnd("refused-login", "no user of Redfish has a colon");
  if (!await mayTry()) throw new WalkEnd(interrupt.aborted ? "interrupted" : "not-asked");
  service.logIn(user, password);
  const answer = await patient.read(path);
  onOpen();
  return answer;
}
