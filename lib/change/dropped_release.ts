/**
 * Where a run takes the place of the images out of scripts because `CSM_RELEASE` is not
 * set: perhaps somebody has forgotten it.
 *
 * @module
 */

import { liveDirOf } from "../boot/boot_script.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import type { Hint } from "../document/hint.ts";
import type { Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";
import type { WantedScripts } from "./wanted_scripts.ts";

/** What is taken out of scripts. */
export interface Dropped {
  /** The release that they had, for instance `1.6.2`. */
  readonly release: string;
  /** Where from, in words. */
  readonly places: string;
  /** The nodes among these. */
  readonly nodes: readonly string[];
}

/**
 * Finds out what is taken out of scripts.
 *
 * @param nodes What is planned.
 * @param scripts The scripts that nodes should have.
 * @returns `null` if nothing is.
 */
export function droppedRelease(
  nodes: readonly PlannedNode[],
  { path, found, release }: Pick<WantedScripts, "path" | "found" | "release">,
): Dropped | null {
  if (release !== null) return null;
  const own = nodes.flatMap(({ wanted: { name }, observed: { script }, plan }) => {
    const had = plan.script === "written" && script ? liveDirOf(script.text) : null;
    return had === null ? [] : [{ name, had }];
  });
  const ofAll = liveDirOf(found.text);
  const had = ofAll ?? own[0]?.had;
  if (had === undefined) return null;
  const names = own.map(({ name }) => name);
  const places = [...ofAll === null ? [] : [path], ...names.length > 0 ? [foldHosts(names)] : []];
  return { release: had, places: places.join(" and "), nodes: names };
}

/** Says what is taken out, and how to keep it. */
export function droppedProblem({ release, places, nodes }: Dropped): Report {
  const hint: Hint = (typed) => `CSM_RELEASE=${release} ${typed.again()} keeps it`;
  return ["release-dropped", {
    message: `CSM_RELEASE is not set: rd.live.dir=${release} is taken out of ${places}`,
    hint,
    nodes,
  }];
}
