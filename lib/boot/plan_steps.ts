/**
 * The steps that plans are made of.
 *
 * @module
 */

import type { BootNode } from "../document/document.ts";
import type { Part } from "../images/each_of_three.ts";
import { newPath } from "../text/new_name.ts";
import type { Wanted, WantedScript } from "./boot_tree.ts";

/** One change on disk. Each happens or does not; none is ever seen half done. */
export type Step =
  | { readonly do: "make-directory"; readonly path: string; readonly mode: number }
  | {
    readonly do: "link";
    readonly path: string;
    readonly target: string;
    /** Whose the link must be; `null` where that does not matter. */
    readonly uid: number | null;
  }
  | {
    readonly do: "write";
    readonly path: string;
    readonly script: WantedScript;
  }
  | { readonly do: "rename"; readonly path: string; readonly to: string }
  /** As a rename, but never over something that somebody has put there. */
  | { readonly do: "publish"; readonly path: string; readonly to: string }
  /** Removes a script; if it is not what was seen, it is saved before. */
  | {
    readonly do: "discard";
    readonly path: string;
    /** What was seen, one character per byte. */
    readonly text: string;
    /** Where to save it; its digest is added. */
    readonly saveAs: string;
  }
  | { readonly do: "remove"; readonly path: string }
  /** Only if nothing is in it. */
  | { readonly do: "remove-directory"; readonly path: string };

/** Keeps a script that may be an administrator's. */
export interface SaveStep {
  readonly to: string;
  /** One character per byte. */
  readonly text: string;
}

/** Steps, and what must be on disk before the next phase begins. */
export interface Phase {
  readonly steps: readonly Step[];
  /** Files and directories. */
  readonly sync: readonly string[];
}

/** What will be done for one node. */
export interface NodePlan {
  readonly change: BootNode["change"];
  readonly script: "written" | "unchanged" | "kept" | "missing";
  /** First of all, before anything changes for any node. */
  readonly save: readonly SaveStep[];
  /** Then these, in this order; each only if the one before succeeded. */
  readonly phases: readonly Phase[];
}

/** Whether there is anything to do. */
export function hasSteps({ phases }: NodePlan): boolean {
  return phases.some(({ steps }) => steps.length > 0);
}

/** Removes a file or a link. */
export function remove(path: string): Step {
  return { do: "remove", path };
}

/** Makes a link at a path; `null` if there is to be none. */
export function linkStep(path: string, part: Part, { targets, owners }: Wanted): Step | null {
  const target = targets[part];
  return target === null ? null : { do: "link", path, target, uid: owners[part] };
}

/**
 * Builds a boot directory aside and renames it in: nobody ever sees half of it.
 *
 * @param directory Where it is to be.
 * @param build Says what goes into it, at the place where it is built.
 */
export function buildAside(directory: string, build: (place: string) => Phase): readonly Phase[] {
  const place = newPath(directory);
  const { steps, sync } = build(place);
  return [
    {
      steps: [{ do: "make-directory", path: place, mode: 0o755 }, ...steps],
      sync: [...sync, place],
    },
    { steps: [{ do: "rename", path: place, to: directory }], sync: [parentOf(directory)] },
  ];
}

/** The directory in which a boot directory lies. */
export function parentOf(directory: string): string {
  return directory.slice(0, directory.lastIndexOf("/"));
}
