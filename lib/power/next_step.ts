/**
 * Decides the next step at a node: the order of them is what keeps it from starting with
 * another boot device than was asked for.
 *
 * @module
 */

import type { PowerState } from "../document/document.ts";
import type { PxeWish } from "./chassis.ts";
import type { Refusal } from "./wipe_guard.ts";

/** What is to become of a node. */
export interface PowerAim {
  /** `null`: it is only looked at. */
  readonly power: PowerState | null;
  /** What it shall boot from; `null`: as it is. */
  readonly boot: PxeWish | null;
  /** Whether it may be switched off although it shall be on. */
  readonly mayRestart: boolean;
  /** Why it is left alone if it is on, or off; `null`: it is not. */
  readonly refusals: Readonly<Record<PowerState, Refusal | null>>;
}

/** How far a command got. */
export type Sent = "no" | "sent" | "answered";

/** What is known of a node. */
export interface Stand {
  /** As it was seen last. */
  readonly power: PowerState;
  /** The command that switches it off. */
  readonly off: Sent;
  /** And the one that switches it on. */
  readonly on: Sent;
  /** Whether it has been off for as long as it shall be. */
  readonly isSettled: boolean;
  /** Whether its turn has come: not all nodes are to start at once. */
  readonly hasTurn: boolean;
  /** Whether the BMC has shown, in this session, the boot device that is asked for. */
  readonly hasBoot: boolean;
}

/** What to do next. */
export type PowerStep =
  | "refuse"
  | "switch-off"
  | "await-off"
  | "settle"
  | "take-turn"
  | "set-boot"
  | "switch-on"
  | "await-on"
  | "end";

/**
 * Decides what to do next.
 *
 * @param aim What is to become of the node.
 * @param stand What is known of it.
 */
export function nextStep(aim: PowerAim, stand: Stand): PowerStep {
  const { power, off, on } = stand;
  if (aim.power === null) return "end";
  // Nothing is done to one that has all that was asked for.
  const isDone = power === "on" && stand.hasBoot;
  if (off === "no" && on === "no" && !isDone && aim.refusals[power]) return "refuse";
  if (aim.power === "off") return power === "off" ? "end" : switchOff(off);
  return power === "on" ? stepWhenOn(aim, stand) : stepWhenOff(aim, stand);
}

/** It shall be on, and is. */
function stepWhenOn({ boot, mayRestart }: PowerAim, { off, on, hasBoot }: Stand): PowerStep {
  // It is on by our command, whether or not that was answered.
  if (on !== "no" || boot === null) return "end";
  if (off !== "no" || mayRestart) return switchOff(off);
  return hasBoot ? "end" : "set-boot";
}

/** It shall be on, and is off. */
function stepWhenOff(
  { boot }: PowerAim,
  { off, on, isSettled, hasTurn, hasBoot }: Stand,
): PowerStep {
  if (on === "answered") return "await-on";
  if (off !== "no" && !isSettled) return "settle";
  if (!hasTurn) return "take-turn";
  return boot !== null && !hasBoot ? "set-boot" : "switch-on";
}

/** A command without an answer may have been lost. */
function switchOff(off: Sent): PowerStep {
  return off === "answered" ? "await-off" : "switch-off";
}
