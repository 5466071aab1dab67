/**
 * A BMC as the work on the power of its node needs it, whatever protocol it speaks.
 *
 * @module
 */

import type { BootDevice, NodePower, PowerState } from "../document/document.ts";
import type { Chassis, PxeWish } from "./chassis.ts";

/** What came of the work on a node. */
export type PowerFinding = Pick<NodePower, "state" | "reason" | "message">;

/** What a BMC keeps, and what is wrong with that. */
export interface BootSet {
  readonly boot: BootDevice | null;
  /** `null` if it keeps what it was told. */
  readonly fault: PowerFinding | null;
}

/** What came of a command: yes; or nobody knows; or why not. */
export type PowerAnswer = "answered" | "lost" | PowerFinding;

/** A BMC that is asked. What it throws ends the work, until another session goes on. */
export interface PowerBmc {
  /**
   * Looks whether the node is on.
   *
   * @param told What it was told last; `null` if nothing.
   */
  look(told: PowerState | null): Promise<Chassis | PowerFinding>;
  /** Reads what the node boots from; `null` if the BMC does not say it. */
  readBoot(): Promise<BootDevice | null>;
  /** Sets that, and reads it back. */
  setBoot(wish: PxeWish): Promise<BootSet>;
  /** Reads the clock: seconds since the epoch; `null` if the BMC does not know the date. */
  readClock(): Promise<number | null>;
  /** Switches the node. */
  switch(power: PowerState): Promise<PowerAnswer>;
  /**
   * Waits until it is time to look again.
   *
   * @param why What is true if time runs out meanwhile.
   */
  wait(why: string): Promise<void>;
}

/** Says that something failed. */
export function failed(reason: NonNullable<NodePower["reason"]>, message: string): PowerFinding {
  return { state: "failed", reason, message };
}
