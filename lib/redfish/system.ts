/**
 * The resource of a node, in the words of Redfish a system: whether it is on, and how it is
 * switched.
 *
 * @module
 */

import type { NodePower, PowerState } from "../document/document.ts";
import { printable } from "../text/printable.ts";
import { type ResetAction, resetAction } from "./manager.ts";
import { linkAt, listAt, textAt } from "./payload.ts";

/** A node. */
export interface SystemResource {
  /** As people are told of it, for instance `Self`. */
  readonly name: string;
  /** `changing`: it is about to be on, or off. `null`: the BMC does not say. */
  readonly power: PowerState | "changing" | null;
  /** What it does after an outage; `null` if it does not say. */
  readonly policy: NonNullable<NodePower["policy"]> | null;
  /** The path of what its boot device is set at, if that is not itself. */
  readonly settings: string | null;
  /** The paths of the BMCs that manage it. */
  readonly managers: readonly string[];
  /** How it is switched; `null` if it does not say. */
  readonly reset: ResetAction | null;
  /** Whether it is a machine, and not a part of one, or several. */
  readonly isMachine: boolean;
}

const POWERS: ReadonlyMap<string, NonNullable<SystemResource["power"]>> = new Map([
  ["On", "on"],
  ["Off", "off"],
  ["PoweringOn", "changing"],
  ["PoweringOff", "changing"],
]);
const RESTORE_POLICIES: ReadonlyMap<string, NonNullable<SystemResource["policy"]>> = new Map([
  ["AlwaysOff", "off"],
  ["LastState", "previous"],
  ["AlwaysOn", "on"],
]);

/**
 * Reads the resource of a node.
 *
 * @param path Where it was.
 * @param json What was there.
 */
export function systemResource(path: string, json: unknown): SystemResource {
  return {
    name: printable(textAt(json, "Id") ?? path.replace(/\/$/, "").split("/").at(-1) ?? path, 40),
    power: POWERS.get(textAt(json, "PowerState") ?? "") ?? null,
    policy: RESTORE_POLICIES.get(textAt(json, "PowerRestorePolicy") ?? "") ?? null,
    settings: linkAt(json, "@Redfish.Settings", "SettingsObject") ?? null,
    managers: listAt(json, "Links", "ManagedBy").flatMap((each) => linkAt(each) ?? []),
    reset: resetAction(json, "#ComputerSystem.Reset"),
    isMachine: (textAt(json, "SystemType") ?? "Physical") === "Physical",
  };
}

/** What only switches it on, or off: nothing that does the other thing, too, or asks it to. */
const SWITCHING: Readonly<Record<PowerState, readonly string[]>> = {
  on: ["On", "ForceOn"],
  off: ["ForceOff"],
};

/**
 * Decides how a node is switched.
 *
 * @param power What it shall be.
 * @param allowed The types of reset that there are; `null` if the BMC does not say.
 * @returns `null` if there is none for that.
 */
export function powerReset(
  power: PowerState,
  allowed: readonly string[] | null,
): Readonly<Record<string, string>> | null {
  const type = SWITCHING[power].find((each) => allowed?.includes(each) ?? true);
  return type === undefined ? null : { ResetType: type };
}

/** Before this a BMC does not know the date: seconds since the epoch. */
const FIRST_SECOND = 0x20000000;

/**
 * Reads the clock of a BMC.
 *
 * @param json The resource of the manager.
 * @returns Seconds since the epoch; `null` if it does not know the date.
 */
export function clockAt(json: unknown): number | null {
  const text = textAt(json, "DateTime") ?? "";
  // Without a zone it could be any.
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/.test(text)) return null;
  const seconds = Math.floor(Date.parse(text) / 1000);
  return seconds >= FIRST_SECOND ? seconds : null;
}
