/**
 * What goes wrong with a request to a fake Redfish service: which step, and how.
 *
 * @module
 */

import type { Kind } from "./kind.ts";
import type { Reply, Request } from "./http.ts";

/** What a client does: it reads, and then it writes. */
export type Step =
  | ("root" | "managers" | "manager" | "interfaces" | "interface" | "protocol" | "action")
  | ("systems" | "system" | "boot" | "power")
  | ("ipmi" | "dhcp" | "reset" | "other");

/** What goes wrong with a step. */
export interface Mishap {
  readonly step: Step | "any";
  readonly what: string;
  /** How often it still does. */
  left: number;
}

/** How the answer gets lost, once the request was done. */
export type Loss = "cut" | "half" | "silence" | "away" | "endless" | "lost";

/**
 * Reads the faults that are of this kind.
 *
 * @param faults Of a BMC; `on:STEP:WHAT[:N]` among them.
 * @returns What goes wrong.
 */
export function mishapsOf(faults: readonly string[]): Mishap[] {
  return faults.map((fault) => fault.split(":")).filter(([name]) => name === "on")
    .map(([, step = "", what = "", times]) => ({
      step: step as Step,
      what,
      left: Number(times ?? Infinity),
    }));
}

/**
 * Tells which step a request is.
 *
 * @param request What is asked; its path has no slash at its end.
 * @param kind Of the service.
 * @returns The step.
 */
export function stepOf({ method, path }: Request, kind: Kind): Step {
  const { manager, protocol, port, system } = kind;
  const isSystem = path === system || path === `${system}/SD`;
  const interfaces = port.slice(0, port.lastIndexOf("/"));
  if (method === "POST") {
    if (path === `${system}/Actions/ComputerSystem.Reset`) return "power";
    return path.startsWith(`${manager}/Actions/`) ? "reset" : "other";
  }
  if (method === "PATCH") {
    if (isSystem) return "boot";
    if (path === protocol) return "ipmi";
    return path.startsWith(`${interfaces}/`) ? "dhcp" : "other";
  }
  switch (path) {
    case "/redfish/v1":
      return "root";
    case "/redfish/v1/Managers":
      return "managers";
    case "/redfish/v1/Systems":
      return "systems";
    case manager:
      return "manager";
    case interfaces:
      return "interfaces";
    case protocol:
      return "protocol";
  }
  if (isSystem) return "system";
  if (path.startsWith(`${interfaces}/`)) return "interface";
  return path.endsWith("/ResetActionInfo") ? "action" : "other";
}

/** Words for what is answered in place of an answer; nothing is done then. */
const REFUSALS: Readonly<Record<string, [status: number, message: string]>> = {
  error: [500, "Base.1.4.InternalError"],
  post: [400, "iLO.2.14.UnableToModifyDuringSystemPOST"],
  flashing: [400, "iLO.2.14.ResourceTemporarilyUnavailable"],
  busy: [400, "iLO.2.14.DeviceIsBusy"],
  fips: [400, "iLO.2.14.UnsupportedSecurityState"],
  timeout: [500, "SyncAgent.1.0.PatchTimeout"],
  sessions: [503, "Base.1.4.SessionLimitExceeded"],
  password: [403, "Base.1.4.PasswordChangeRequired"],
  privilege: [403, "Base.1.4.InsufficientPrivilege"],
  "401": [401, "Base.1.4.NoValidSession"],
  "404": [404, "Base.1.4.ResourceMissingAtURI"],
  "412": [412, "Base.1.4.PreconditionFailed"],
  "428": [428, "Base.1.4.PreconditionRequired"],
};

/** What can go wrong. */
export const MISHAPS: readonly string[] = [
  ..."cut half silence away endless lost".split(" "),
  ..."503 html empty list slash loop elsewhere plain outside".split(" "),
  ...Object.keys(REFUSALS),
];

/**
 * Finds what a request is answered in place of an answer.
 *
 * @param what The word for what goes wrong.
 * @param request The request.
 * @returns The answer; `null` if it is answered, and perhaps lost then.
 */
export function refusalOf(what: string, request: Request): Reply | null {
  const [status, message] = REFUSALS[what] ?? [];
  if (status !== undefined && message !== undefined) return messageReply(status, message);
  switch (what) {
    case "503":
      return { status: 503, headers: { "Content-Type": "text/html" }, body: "Starting.\n" };
    case "html":
      return { status: 200, headers: { "Content-Type": "text/html" }, body: LOGIN_PAGE };
    case "empty":
      return { status: 200, body: "" };
    case "list":
      return { status: 200, body: "[]" };
    case "slash":
      return request.path.endsWith("/") ? null : moved(308, `${request.path}/`);
    case "loop":
      return moved(308, request.path);
    case "elsewhere":
      return moved(307, `https://10.254.1.1${request.path}`);
    case "plain":
      return moved(301, `http://${request.headers.get("host")}${request.path}`);
    case "outside":
      return moved(302, "/login.html");
    default:
      return null;
  }
}

/**
 * Makes an answer that is a message and nothing else.
 *
 * @param status Its status.
 * @param messages Identifiers, for instance `iLO.2.14.ResetRequired`.
 * @returns The answer.
 */
export function messageReply(status: number, ...messages: readonly string[]): Reply {
  const info = messages.map((id) => ({ MessageId: id }));
  const code = messages[0]?.startsWith("iLO.") ? "iLO.0.10.ExtendedInfo" : messages[0];
  const error = { code, message: "See @Message.ExtendedInfo", "@Message.ExtendedInfo": info };
  return { status, body: JSON.stringify({ error }) };
}

function moved(status: number, place: string): Reply {
  return { status, headers: { Location: place }, body: "" };
}

const LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>\n";
