/**
 * The changes that make an installation, and undo it.
 *
 * @module
 */

import type { Item } from "./shared_files.ts";

/** One change. */
export type InstallStep =
  /** Unless it exists, made for the lock. */
  | { readonly do: "make-directory"; readonly path: string }
  | { readonly do: "put"; readonly path: string; readonly item: Item }
  /** Keeps an old script: a second name for it, so that its place is never empty. */
  | { readonly do: "keep"; readonly path: string; readonly to: string }
  /** Puts an old script back in its place. */
  | { readonly do: "restore"; readonly path: string; readonly from: string }
  | { readonly do: "remove"; readonly path: string }
  /** Removes the record. */
  | { readonly do: "forget"; readonly path: string }
  /** Only if nothing else is in it. */
  | { readonly do: "remove-directory"; readonly path: string };

/**
 * Describes a change.
 *
 * @param step The change.
 * @returns A line, without its end.
 */
export function describeStep(step: InstallStep): string {
  switch (step.do) {
    case "make-directory":
      return `make ${step.path}/`;
    case "put":
      return step.item.kind === "link"
        ? `link ${step.path} -> ${step.item.target}`
        : `write ${step.path}`;
    case "keep":
      return `keep ${step.path} as ${step.to}`;
    case "restore":
      return `restore ${step.path} from ${step.from}`;
    case "remove":
    case "forget":
      return `remove ${step.path}`;
    case "remove-directory":
      return `remove ${step.path}/ if it is empty`;
  }
}
