/**
 * The lines that the handbook shows for a run, in its wording.
 *
 * @module
 */

import type { Image } from "../document/document.ts";

/** Said before the images are looked for. */
export const RESOLVING = "Resolving images to boot ...";
/** Said when they are found. */
export const RESOLVED = "Images resolved";
/** Said by the handbook's script, word for word, where kernels differ. */
export const MISMATCHING_KERNELS =
  "Mismatching kernels! The discovered artifacts will deploy an undesirable stack.";
/** Said where no password was given. */
export const NO_PASSWORD = "no BMC password set, using existing dnsmasq.leases";

const NOTE =
  "NOTE: Nodes without boot directories will still boot the non-destructive iPXE binary for bare-metal discovery usage.";

/** The images of a role. */
export function selectionLines(
  role: string,
  { kernel, initrd, rootfs }: Image,
): string[] {
  return [
    `${role.charAt(0).toUpperCase()}${role.slice(1)} Boot Selection:`,
    `kernel: ${kernel.path}`,
    `initrd: ${initrd.path}`,
    `squash: ${rootfs.path}`,
  ];
}

/** Said before BMCs are set. */
export function attemptLine(conman: string): string {
  return `Attempting to set all known BMCs (from ${conman}) to DHCP mode`;
}

/** How many BMCs have a lease before the wait. */
export function countLine(count: number): string {
  return `current BMC count: ${count}`;
}

/** Said again and again until all have one. */
export function waitingLine(expected: number): string {
  return `Waiting on ${expected} to request DHCP ...`;
}

/** Said when all have one. */
export function allLine(expected: number): string {
  return `All [${expected}] expected BMCs have requested DHCP.`;
}

/** Said before the boot directories are made. */
export function creatingLines(
  { name, leases, release }: {
    name: string;
    leases: string;
    release: string | null;
  },
): string[] {
  return [
    `${name} is creating boot directories for each NCN with a BMC that has a lease in ${leases}`,
    NOTE,
    release === null
      ? "WARNING: CSM_RELEASE was not set, images will be stored in their default location on the node(s) at /run/initramfs/live/LiveOS/"
      : `Images will be stored on the NCN at /run/initramfs/live/${release}/`,
  ];
}

/** Said at the end. */
export function readyLine(webRoot: string): string {
  return `${webRoot} is ready.`;
}
