/**
 * The resource of a BMC itself: where its settings are, and how it is reset.
 *
 * @module
 */

import { linkAt, listAt, textAt, textsAt, valueAt } from "./payload.ts";

/** A BMC, in the words of Redfish a manager. */
export interface ManagerResource {
  /** The path of its network interfaces. */
  readonly faces: string;
  /** The path of its protocols; `null` if it has none. */
  readonly protocols: string | null;
  /** How it is reset; `null` if it does not say. */
  readonly reset: ResetAction | null;
}

/** How a BMC, or what it manages, is reset. */
export interface ResetAction {
  /** The path to post to. */
  readonly target: string;
  /** The types that it allows; `null` if it does not say here. */
  readonly types: readonly string[] | null;
  /** The path of what says them; `null` if there is none. */
  readonly info: string | null;
}

/** The gentle one first. */
const RESETS: readonly string[] = ["GracefulRestart", "ForceRestart"];
const RESET_TYPE = "ResetType";

/**
 * Reads the resource of a manager.
 *
 * @returns `null` if it is not one of a BMC with network interfaces.
 */
export function managerResource(json: unknown): ManagerResource | null {
  const faces = linkAt(json, "EthernetInterfaces");
  if (faces === undefined || (textAt(json, "ManagerType") ?? "BMC") !== "BMC") return null;
  return {
    faces,
    protocols: linkAt(json, "NetworkProtocol") ?? null,
    reset: resetAction(json, "#Manager.Reset"),
  };
}

/**
 * Reads how something is reset. Only the standard action: its neighbours set a BMC back to
 * what the factory sent.
 *
 * @param json The resource.
 * @param name The name of the action.
 * @returns `null` if it does not say.
 */
export function resetAction(
  json: unknown,
  name: "#Manager.Reset" | "#ComputerSystem.Reset",
): ResetAction | null {
  const action = valueAt(json, "Actions", name);
  const target = linkAt({ "@odata.id": valueAt(action, "target") });
  if (target === undefined) return null;
  const key = `${RESET_TYPE}@Redfish.AllowableValues`;
  // OpenBMC has the path itself, others a link.
  const told = valueAt(action, "@Redfish.ActionInfo");
  const info = linkAt(typeof told === "string" ? { "@odata.id": told } : told) ?? null;
  const types = valueAt(action, key) === undefined ? null : textsAt(action, key);
  return { target, types, info };
}

/**
 * Reads which types of reset there are, where the action does not say it itself.
 *
 * @param info What `@Redfish.ActionInfo` leads to.
 * @returns `null` if it does not say.
 */
export function resetTypes(info: unknown): readonly string[] | null {
  const parameter = listAt(info, "Parameters").find((each) => textAt(each, "Name") === RESET_TYPE);
  if (valueAt(parameter, "AllowableValues") === undefined) return null;
  return textsAt(parameter, "AllowableValues");
}

/**
 * Decides what to post for a reset.
 *
 * @param types The types that it allows; `null` if it does not say: some then take none.
 * @returns `null` if none of them restarts it and no more.
 */
export function resetBody(
  types: readonly string[] | null,
): Readonly<Record<string, string>> | null {
  if (types === null) return {};
  const type = RESETS.find((each) => types.includes(each));
  return type === undefined ? null : { [RESET_TYPE]: type };
}
