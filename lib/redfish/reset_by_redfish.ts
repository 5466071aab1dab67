/**
 * Resets a BMC by Redfish, as it says that it may be.
 *
 * @module
 */

import type { BmcReason } from "../document/bmc_reasons.ts";
import { type ResetAction, resetBody, resetTypes } from "./manager.ts";
import { type FinalVerdict, type PatientService, WalkEnd } from "./patient_service.ts";

/** So often it may say that it failed at that: it will each time. */
const MOST_FAILURES = 4;
/** What a BMC says that will not be reset yet. */
const SAID: readonly BmcReason[] = ["busy", "in-post", "no-session", "starting"];

/**
 * Resets a BMC. It may be gone before it has answered: that is no failure.
 *
 * @param service That of the BMC.
 * @param reset How; `null` if it does not say.
 * @param before What was done before, for messages.
 * @throws {WalkEnd} If it refuses.
 */
export async function resetByRedfish(
  service: PatientService,
  reset: ResetAction | null,
  before: string,
): Promise<void> {
  const refuse = (why: string): never => {
    throw new WalkEnd("not-reset", `${before}; ${why}`);
  };
  if (!reset) return refuse("it names no way to be reset");
  const body = resetBody(await allowedResets(service, reset));
  if (body === null) return refuse("it allows no reset that only restarts it");
  if (service.isOver) return refuse("there was no time left to reset it");
  const verdict = await askToReset(service, { path: reset.target, body });
  // What was ended by us may not have got there.
  if (verdict.is === "unsure" && service.isOver) throw new WalkEnd("session-lost");
  if (verdict.is !== "end" && verdict.is !== "stale") return;
  const words = verdict.words?.replace(/^.*?\((.*)\)$/, "$1") ?? verdict.is;
  refuse(`it refused to be reset (${words})`);
}

/**
 * Resets a BMC for the sake of its IPMI alone, as it refused everything else.
 *
 * @param service That of the BMC.
 * @param reset How; `null` if it does not say.
 * @returns What became of that, for people.
 */
export async function resetForIpmi(
  service: PatientService,
  reset: ResetAction | null,
): Promise<string> {
  try {
    await resetByRedfish(service, reset, "IPMI was turned on");
    return "IPMI was turned on, and it was reset";
  } catch (error) {
    if (!(error instanceof WalkEnd)) throw error;
    return error.words ?? "IPMI was turned on; it acts on that after a reset";
  }
}

/** Where it has said why not, time and again, it is not that it is gone. */
async function askToReset(
  service: PatientService,
  { path, body }: { readonly path: string; readonly body: Readonly<Record<string, string>> },
): Promise<FinalVerdict> {
  try {
    return await service.persist({ method: "POST", path, body }, { mostFaults: MOST_FAILURES });
  } catch (error) {
    const { lastTrouble: trouble } = service;
    if (!(error instanceof WalkEnd) || !trouble || !SAID.includes(trouble.reason)) throw error;
    return { is: "end", reason: trouble.reason, words: trouble.words ?? trouble.reason };
  }
}

/**
 * Reads which types of reset there are.
 *
 * @returns `null` if it does not say.
 * @throws {WalkEnd} If it does not answer.
 */
export async function allowedResets(
  service: Pick<PatientService, "read">,
  { types, info }: ResetAction,
): Promise<readonly string[] | null> {
  if (types !== null || info === null) return types;
  return resetTypes((await service.read(info)).json);
}
