/**
 * What a node boots, in the words of the history.
 *
 * @module
 */

import type { BootState } from "../document/generation.ts";
import { initrdTag } from "../images/boot_triples.ts";
import { eachOfThree } from "../images/each_of_three.ts";
import { parseRelease } from "../text/release.ts";
import { type Links, NO_TARGETS, type ScriptState, type Targets, targetsOf } from "./boot_tree.ts";
import type { PlannedNode } from "./planned_node.ts";
import { hasSteps } from "./plan_steps.ts";
import { isEdited } from "./plan_script.ts";

/**
 * Tells what a node booted before its plan was carried out.
 *
 * @returns `null` if it had no boot directory.
 */
export function stateBefore(node: PlannedNode): BootState | null {
  const { links, script, parked, directory } = node.observed;
  if (directory !== "directory") return null;
  if (!parked) return state(links, script, node);
  return {
    ...state(withParked(links, parked.links), parked.script ?? script, node),
    offline: true,
  };
}

/**
 * Tells what a node boots once its plan is carried out.
 *
 * @returns `null` if it has no boot directory then.
 */
export function stateAfter(node: PlannedNode): BootState | null {
  const { wanted: { targets, script, isEdited }, plan } = node;
  const before = stateBefore(node);
  if (!hasSteps(plan)) return before;
  switch (plan.change) {
    case "offline":
      return { ...before ?? stateOf(NO_TARGETS, null), offline: true };
    case "removed":
      return null;
    default: {
      const ours = script ? { sha256: script.sha256, edited: isEdited } : null;
      return stateOf(targets, plan.script === "kept" ? before?.script ?? null : ours);
    }
  }
}

/** The links of a node that is offline: those that wait (`parked`), else those that are left. */
export function withParked(links: Links, parked: Links): Links {
  return eachOfThree((part) => parked[part].kind === "absent" ? links[part] : parked[part]);
}

function state(
  links: Links,
  script: ScriptState | null,
  { wanted, history }: PlannedNode,
): BootState {
  const sha256 = script && history.digests.get(script.text);
  return stateOf(
    targetsOf(links),
    script && sha256 ? { sha256, edited: isEdited(script, wanted, history) } : null,
  );
}

/**
 * Puts what a node boots into the words of the history.
 *
 * @param targets What its links hold.
 * @param script Its script.
 */
export function stateOf(targets: Targets, script: BootState["script"]): BootState {
  const tag = targets.initrd === null ? null : initrdTag(targets.initrd);
  return {
    release: tag === null ? null : parseRelease(tag).release,
    ...targets,
    script,
    offline: false,
  };
}
