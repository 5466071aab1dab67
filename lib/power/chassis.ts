/**
 * The commands about the power of a node and what it boots from, and the meaning of the
 * answers: IPMI v2.0, chapters 28 and 31.
 *
 * @module
 */

import type { IpmiCommand } from "../bmc/ipmi.ts";
import type { BootDevice, NodePower, PowerState } from "../document/document.ts";

/** Asks whether the node is on, and what it does after an outage. */
export const GET_CHASSIS_STATUS: IpmiCommand = [0x00, 0x01];
/** Asks for the clock of the BMC. */
export const GET_CLOCK: IpmiCommand = [0x0a, 0x48];
/** Asks what the node boots from. */
export const GET_BOOT_FLAGS: IpmiCommand = [0x00, 0x09, 5, 0, 0];

/** The command that switches a node on or off: never reset, never cycle. */
export function switchPower(power: PowerState): IpmiCommand {
  return [0x00, 0x02, power === "on" ? 1 : 0];
}

/** How a node shall boot from the network, always by UEFI. */
export interface PxeWish {
  /** Whether at each start; else at the next one. */
  readonly persistent: boolean;
}

const [VALID, PERSISTENT, UEFI] = [0x80, 0x40, 0x20];
const PXE = 0x04;

/** The command that sets what a node boots from. */
export function setBootFlags({ persistent }: PxeWish): IpmiCommand {
  const flags = VALID | UEFI | (persistent ? PERSISTENT : 0);
  return [0x00, 0x08, 5, flags, PXE, 0, 0, 0];
}

/**
 * What is said around it, as ipmitool does; a BMC may not know it. That flags stay valid
 * (3) comes first: without that they are dropped if no power command comes within 60 s.
 */
export const BEFORE_BOOT_FLAGS: readonly IpmiCommand[] = [
  [0x00, 0x08, 3, 0x08],
  [0x00, 0x08, 0, 1],
  [0x00, 0x08, 4, 1, 1],
];
/** And what after it. */
export const AFTER_BOOT_FLAGS: readonly IpmiCommand[] = [
  [0x00, 0x08, 0, 2],
  [0x00, 0x08, 0, 0],
];

/** What a BMC says of its node. */
export interface Chassis extends Required<Pick<NodePower, "policy">> {
  readonly power: PowerState;
}

/**
 * Reads the answer to {@linkcode GET_CHASSIS_STATUS}.
 *
 * @param data What the BMC answered.
 * @returns `null` if it is not such an answer.
 */
export function parseChassis(data: readonly number[]): Chassis | null {
  const [state] = data;
  if (state === undefined || data.length < 3) return null;
  return { power: (state & 1) === 1 ? "on" : "off", policy: POLICIES[(state >> 5) & 3] ?? null };
}

const POLICIES = ["off", "previous", "on"] as const;

/** By the four bits of the specification; those on another machine are not told apart. */
const DEVICES: readonly BootDevice["device"][] = [
  ...["none", "pxe", "disk", "safe", "diag", "cd", "bios"] as const,
];

/**
 * Reads the answer to {@linkcode GET_BOOT_FLAGS}.
 *
 * @param data What the BMC answered.
 * @returns `null` if it is not such an answer.
 */
export function parseBootFlags(data: readonly number[]): BootDevice | null {
  const [, parameter = 0, flags, device] = data;
  if (flags === undefined || device === undefined || (parameter & 0x7f) !== 5) return null;
  return {
    device: DEVICES[(device >> 2) & 0x0f] ?? "other",
    efi: (flags & UEFI) !== 0,
    persistent: (flags & PERSISTENT) !== 0,
    valid: (flags & VALID) !== 0,
  };
}

/** Before this it is the time since the BMC started. */
const FIRST_DATE = 0x20000000;
const UNSPECIFIED = 0xffffffff;

/**
 * Reads the answer to {@linkcode GET_CLOCK}.
 *
 * @param data What the BMC answered.
 * @returns Seconds since the epoch; `null` if the BMC does not know the date.
 */
export function parseClock(data: readonly number[]): number | null {
  if (data.length !== 4) return null;
  const seconds = data.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return seconds < FIRST_DATE || seconds === UNSPECIFIED ? null : seconds;
}

/** Says what a BMC keeps instead of what it was told; `null` if it keeps that. */
export function otherwise(wish: PxeWish, kept: BootDevice | null): string | null {
  if (kept === null) return "told PXE, and cannot say what it keeps";
  if (!kept.valid) return "told PXE, keeps nothing";
  if (kept.device !== "pxe") return `told PXE, keeps ${kept.device}`;
  if (!kept.efi) return "told UEFI, keeps BIOS";
  if (wish.persistent === kept.persistent) return null;
  return wish.persistent ? "told always, keeps once" : "told once, keeps always";
}
