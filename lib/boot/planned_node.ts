/**
 * A node between its plan and the report on it.
 *
 * @module
 */

import type { Observed, Wanted } from "./boot_tree.ts";
import type { NodePlan } from "./plan_steps.ts";
import type { ScriptHistory } from "./plan_script.ts";

/** A node: how it should be, how it is, and what is done for it. */
export interface PlannedNode {
  readonly wanted: Wanted;
  readonly observed: Observed;
  readonly history: ScriptHistory;
  readonly plan: NodePlan;
}
