/**
 * Looks whether a BMC speaks Redfish, without telling it any password.
 *
 * @module
 */

import type { BmcReason } from "../document/bmc_reasons.ts";
import type { RedfishReply } from "./curl_config.ts";
import { judge } from "./judge_reply.ts";
import { linkAt, textAt, valueAt } from "./payload.ts";
import type { RedfishService } from "./service.ts";

/** The beginning of a service. */
export interface ServiceRoot {
  /** The path of its managers. */
  readonly managers: string;
  /** The path of the machines that they manage. */
  readonly systems: string;
}

/** What was seen of a BMC. */
export type RedfishSight =
  | { readonly is: "redfish"; readonly root: ServiceRoot }
  /** It may be, later. */
  | { readonly is: "again"; readonly reason: BmcReason }
  /** It is not. */
  | { readonly is: "end"; readonly reason: BmcReason; readonly words?: string };

const ROOT = "/redfish/v1/";
/** Where these are with each vendor. */
const USUAL_ROOT: ServiceRoot = {
  managers: "/redfish/v1/Managers",
  systems: "/redfish/v1/Systems",
};

/**
 * Looks once.
 *
 * @param service That of the BMC.
 * @param seconds The time for it.
 * @throws {Deno.errors.NotFound} If there is no curl.
 */
export async function lookForRedfish(
  service: Pick<RedfishService, "send">,
  seconds?: number,
): Promise<RedfishSight> {
  const limit = seconds === undefined ? {} : { seconds };
  const reply = await service.send({ method: "GET", path: ROOT, ...limit });
  const verdict = judge(reply, { isWrite: false });
  if (verdict.is === "again") return verdict;
  if (verdict.is === "done") return sightOf(verdict.answer.json);
  // Some want a password for that already, or another one first.
  if (isItsRefusal(reply)) return { is: "redfish", root: USUAL_ROOT };
  if (verdict.is !== "end") return { is: "end", reason: "no-redfish" };
  // Who says that this page does not exist, or wants a password for it, is another server.
  const isOther = verdict.reason === "refused" || verdict.reason.startsWith("refused-");
  return isOther ? { is: "end", reason: "no-redfish" } : verdict;
}

function isItsRefusal(reply: RedfishReply): boolean {
  if (reply.kind === "fault" || reply.status !== 401 && reply.status !== 403) return false;
  return valueAt(reply.json, "error", "@Message.ExtendedInfo") !== undefined ||
    valueAt(reply.json, "error", "code") !== undefined;
}

function sightOf(json: unknown): RedfishSight {
  const isRoot = textAt(json, "RedfishVersion") !== undefined ||
    /ServiceRoot/.test(textAt(json, "@odata.type") ?? "");
  if (!isRoot) return { is: "end", reason: "no-redfish" };
  const managers = linkAt(json, "Managers") ?? USUAL_ROOT.managers;
  return {
    is: "redfish",
    root: { managers, systems: linkAt(json, "Systems") ?? USUAL_ROOT.systems },
  };
}
