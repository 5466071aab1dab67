/**
 * The nights that are recorded: what nodes do in each, and so what the truth is.
 *
 * @module
 */

import type { NightPlan } from "./night_plan.ts";
import { CONSOLE_NIGHTS } from "./nights_of_consoles.ts";
import { LOG_NIGHTS } from "./nights_of_logs.ts";
import { MACHINE_NIGHTS } from "./nights_of_machines.ts";
import { REFUSAL_NIGHTS } from "./nights_of_refusals.ts";
import { STRANGE_NIGHTS } from "./nights_of_strangers.ts";
import { TRANSFER_NIGHTS } from "./nights_of_transfers.ts";

/** The nights, those of one thought together. */
export const PLANS: readonly NightPlan[] = [
  ...TRANSFER_NIGHTS,
  ...REFUSAL_NIGHTS,
  ...STRANGE_NIGHTS,
  ...LOG_NIGHTS,
  ...CONSOLE_NIGHTS,
  ...MACHINE_NIGHTS,
];
