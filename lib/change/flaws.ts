/**
 * Boot directories that are left alone, whatever is wanted of them: the other nodes go on.
 *
 * @module
 */

import type { PlannedNode } from "../boot/planned_node.ts";
import { hasSteps } from "../boot/plan_steps.ts";
import { Failure } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";
import type { SafePlaces } from "./safe_places.ts";

/** Why a boot directory is not changed. */
export interface Flaw {
  /** For instance `its boot directory belongs to user 1000`. */
  readonly words: string;
  /** What to do before it is. */
  readonly cure: string;
  /** Whether others than root may write there. */
  readonly isShared: boolean;
}

/** Nodes whose boot directories are left alone, and why. */
export interface LeftAlone {
  readonly names: readonly string[];
  /** For instance `its boot directory belongs to user 1000`. */
  readonly words: string;
  readonly failure: Failure;
}

/**
 * Finds why a boot directory is not changed.
 *
 * @param node What is planned for it.
 * @param places Tells who else may write there.
 * @returns `null` if it may be changed, or needs no change.
 */
export function flawOf(node: PlannedNode, places: SafePlaces): Flaw | null {
  return hasSteps(node.plan) ? flawIn(node.wanted.directory, node.observed, places) : null;
}

/**
 * Finds what is wrong with a boot directory.
 *
 * @param directory Where it is.
 * @param observed What is there.
 * @param places Tells who else may write there.
 * @returns `null` for nothing.
 */
export function flawIn(
  directory: string,
  { rights, unfit }: PlannedNode["observed"],
  places: Pick<SafePlaces, "strangerIn">,
): Flaw | null {
  const stranger = rights ? places.strangerIn(directory, rights) : null;
  if (stranger) {
    const { words, cure } = stranger;
    return { words: `its boot directory ${words}`, cure, isShared: true };
  }
  if (!unfit) return null;
  const name = unfit.path.slice(directory.length + 1);
  return {
    words: `its ${name} ${unfit.reason}`,
    cure: `move ${unfit.path} elsewhere`,
    isShared: false,
  };
}

/**
 * Names the nodes whose boot directories are left alone; those with the same flaw together.
 *
 * @param nodes What is planned.
 * @param places Tells who else may write there.
 */
export function leftAlone(nodes: readonly PlannedNode[], places: SafePlaces): LeftAlone[] {
  const flawed = nodes.flatMap((node) => {
    const flaw = flawOf(node, places);
    return flaw ? [{ name: node.wanted.name, ...flaw }] : [];
  });
  return [...Map.groupBy(flawed, ({ words }) => words)].map(([words, group]) => {
    const names = group.map(({ name }) => name);
    const cures = group.map(({ cure }) => cure).join("; ");
    return {
      names,
      words,
      failure: new Failure("node-failed", {
        message: `${foldHosts(names)}: left alone, ${words}`,
        hint: `${cures}; then run again`,
        nodes: names,
      }),
    };
  });
}
