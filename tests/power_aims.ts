/**
 * What is to become of a node, as most tests of power want it.
 *
 * @module
 */

import type { PowerAim } from "../lib/power/next_step.ts";

/** It is on, and boots by PXE from now on. */
export const ON: PowerAim = {
  power: "on",
  boot: { persistent: true },
  mayRestart: false,
  refusals: { on: null, off: null },
};
/** It is off. */
export const OFF: PowerAim = { ...ON, power: "off", boot: null };
/** It is only looked at. */
export const LOOK: PowerAim = { ...OFF, power: null };
