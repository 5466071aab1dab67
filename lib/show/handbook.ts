/**
 * The lines that the handbook shows for a run, in its wording.
 *
 * @module
 */

import type { Image } from "../document/document.ts";
import type { ProblemCode } from "../document/problems.ts";
import { printable } from "../text/printable.ts";
import type { Event } from "../document/event.ts";

/** The words of the handbook's script where kernels differ. */
export const MISMATCHING_KERNELS =
  "Mismatching kernels! The discovered artifacts will deploy an undesirable stack.";

/** Problems that the lines below mention already. */
export const TOLD_BY_HANDBOOK: ReadonlySet<string> = new Set<ProblemCode>([
  "password-missing",
  "release-unset",
]);

const NOTE =
  "NOTE: Nodes without boot directories will still boot the non-destructive iPXE binary for bare-metal discovery usage.";

/**
 * Describes an event as the handbook does. No path or release of the handbook has
 * an escape sequence; one that has is shown with that made visible.
 *
 * @param event What happened.
 * @param name What pitboot was called by.
 * @returns Lines.
 */
export function handbookLines(event: Event, name: string): string[] {
  return linesOf(event, name).map((line) => printable(line, Infinity));
}

function linesOf(event: Event, name: string): string[] {
  switch (event.what) {
    case "resolving":
      return ["Resolving images to boot ..."];
    case "resolved":
      return ["Images resolved", ...Object.entries(event.images).flatMap(selectionLines)];
    case "no-password":
      return ["no BMC password set, using existing dnsmasq.leases"];
    case "setting":
      return [`Attempting to set all known BMCs (from ${event.conman}) to DHCP mode`];
    case "counted":
      return [`current BMC count: ${event.leased}`];
    case "waiting":
      return [`Waiting on ${event.expected} to request DHCP ...`];
    case "leased":
      return [`All [${event.expected}] expected BMCs have requested DHCP.`];
    case "linking":
      return [
        `${name} is creating boot directories for each NCN with a BMC that has a lease in ${event.leases}`,
        NOTE,
        event.release === null
          ? "WARNING: CSM_RELEASE was not set, images will be stored in their default location on the node(s) at /run/initramfs/live/LiveOS/"
          : `Images will be stored on the NCN at /run/initramfs/live/${event.release}/`,
      ];
    case "ready":
      return [`${event.webRoot} is ready.`];
    default:
      return [];
  }
}

function selectionLines([role, { kernel, initrd, rootfs }]: [string, Image]): string[] {
  return [
    `${role.charAt(0).toUpperCase()}${role.slice(1)} Boot Selection:`,
    `kernel: ${kernel.path}`,
    `initrd: ${initrd.path}`,
    `squash: ${rootfs.path}`,
  ];
}
