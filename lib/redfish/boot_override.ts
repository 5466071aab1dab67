/**
 * What a node boots from, as Redfish tells it and takes it.
 *
 * @module
 */

import type { BootDevice } from "../document/document.ts";
import { textAt, textsAt, valueAt } from "./payload.ts";

/** How a node shall boot from the network. */
export interface OverrideWish {
  /** Whether at each start; else at the next one. */
  readonly persistent: boolean;
}

const [TARGET, ENABLED, MODE] = [
  "BootSourceOverrideTarget",
  "BootSourceOverrideEnabled",
  "BootSourceOverrideMode",
] as const;

const OVERRIDE_DEVICES: ReadonlyMap<string, BootDevice["device"]> = new Map([
  ["None", "none"],
  ["Pxe", "pxe"],
  ["Hdd", "disk"],
  ["Diags", "diag"],
  ["Cd", "cd"],
  ["BiosSetup", "bios"],
]);

/**
 * Reads what a node boots from. One that does not say whether by UEFI does it as its firmware
 * is set: that is taken for UEFI.
 *
 * @param json The resource of the node, or of its settings.
 * @returns `null` if it does not say.
 */
export function bootOverride(json: unknown): BootDevice | null {
  const target = textAt(json, "Boot", TARGET);
  const enabled = textAt(json, "Boot", ENABLED);
  if (target === undefined || enabled === undefined) return null;
  return {
    device: OVERRIDE_DEVICES.get(target) ?? "other",
    efi: textAt(json, "Boot", MODE) !== "Legacy",
    persistent: enabled === "Continuous",
    valid: enabled === "Continuous" || enabled === "Once",
  };
}

/**
 * Tells why a BMC cannot be told to boot its node so, as far as it says what it allows.
 *
 * @returns In words; `null` if nothing is known against it.
 */
export function overrideObjection(json: unknown, { persistent }: OverrideWish): string | null {
  const allowed = (name: string): readonly string[] | null => {
    const key = `${name}@Redfish.AllowableValues`;
    return valueAt(json, "Boot", key) === undefined ? null : textsAt(json, "Boot", key);
  };
  if (allowed(TARGET)?.includes("Pxe") === false) return "it does not offer to boot by PXE";
  const isOffered = allowed(ENABLED)?.includes(persistent ? "Continuous" : "Once") ?? true;
  if (isOffered) return null;
  return persistent ? "it offers PXE once, and not always" : "it offers PXE always, and not once";
}

/** Whether a BMC is to be told UEFI: an iLO refuses that, others forget it if they are not. */
export function needsMode(json: unknown): boolean {
  const mode = textAt(json, "Boot", MODE);
  return mode !== undefined && mode !== "UEFI" && !isHpe(json);
}

/** Whether a resource is one of an iLO. */
export function isHpe(json: unknown): boolean {
  return valueAt(json, "Oem", "Hpe") !== undefined ||
    /^(?:HPE|Hewlett)/.test(textAt(json, "Manufacturer") ?? "");
}

/**
 * Says it: target and kind in one body, as the one is refused without the other.
 *
 * @param wish How the node shall boot.
 * @param hasMode Whether UEFI is said, too.
 */
export function overrideBody(
  { persistent }: OverrideWish,
  hasMode: boolean,
): Readonly<Record<string, unknown>> {
  const kind = persistent ? "Continuous" : "Once";
  const mode = hasMode ? { [MODE]: "UEFI" } : {};
  return { Boot: { [TARGET]: "Pxe", [ENABLED]: kind, ...mode } };
}
