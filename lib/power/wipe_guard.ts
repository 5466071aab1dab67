/**
 * Decides which nodes are not to be started unless they are named once more: those that
 * would wipe their disks and look installed.
 *
 * @module
 */

import type { Disks } from "../boot/disks.ts";
import type { PowerState } from "../document/document.ts";
import type { PowerReason } from "../document/power_reasons.ts";

/** Why a node is left alone. */
export interface Refusal {
  readonly reason: PowerReason;
  /** In words, for people. */
  readonly message: string;
}

/** What is known of the disks of a node. */
export interface DiskFacts {
  readonly disks: Disks;
  /** What makes it look installed although it is off; `null` if nothing does. */
  readonly installed: string | null;
}

/**
 * Decides whether a node is left alone.
 *
 * @param facts What is known of its disks.
 * @param isNamed Whether somebody has said that it may be wiped.
 * @param isTold Whether it is told to boot from the network: one that is on, and is not,
 * goes on as it is.
 * @returns Why, if it is on, and if it is off.
 */
export function refusalsFor(
  { disks, installed }: DiskFacts,
  { isNamed, isTold }: { readonly isNamed: boolean; readonly isTold: boolean },
): Readonly<Record<PowerState, Refusal | null>> {
  if (isNamed || disks === "kept") return { on: null, off: null };
  const refusal = (why: string): Refusal =>
    disks === "wiped"
      ? { reason: "would-wipe", message: `its script wipes its disks, and it ${why}` }
      : { reason: "may-wipe", message: `its script may wipe its disks, and it ${why}` };
  return {
    on: isTold ? refusal("is on") : null,
    off: installed === null ? null : refusal(installed),
  };
}
