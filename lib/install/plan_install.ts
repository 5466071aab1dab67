/**
 * Decides what to do to install pitboot, and to undo that.
 *
 * Both are one thing: to go from what is recorded as ours to what is wanted;
 * to undo it, nothing is wanted.
 *
 * @module
 */

import { PREDECESSOR } from "../cli/names.ts";
import type { InstallRecord } from "./install_record.ts";
import type { Item } from "./shared_files.ts";

/** One change. */
export type InstallStep =
  | { readonly do: "make-directory"; readonly path: string }
  | { readonly do: "put"; readonly path: string; readonly item: Item }
  /** Keeps an old script: a second name for it, so that its place is never empty. */
  | { readonly do: "keep"; readonly path: string; readonly to: string }
  /** Puts an old script back in its place. */
  | { readonly do: "restore"; readonly path: string; readonly from: string }
  | { readonly do: "remove"; readonly path: string }
  /** Only if nothing else is in it. */
  | { readonly do: "remove-directory"; readonly path: string };

/** What is to be done. */
export interface InstallPlan {
  readonly steps: readonly InstallStep[];
  /** Paths where something is that is not ours: nothing may be done then. */
  readonly blocked: readonly string[];
  /** Paths of ours that somebody changed: they stay as they are. */
  readonly changed: readonly string[];
  /** What will be ours once it is done. */
  readonly record: InstallRecord;
}

/** What is at a path: a fingerprint, or `null` for nothing. */
export type Look = (path: string) => string | null;

/** Something to put in place, and its fingerprint. */
export interface WantedItem {
  readonly item: Item;
  readonly fingerprint: string;
}

/** The fingerprint of a directory. */
export const DIRECTORY = "directory";
/** The fingerprint of the program itself: it needs no link to itself. */
export const PROGRAM = "program";

/**
 * Decides what to do.
 *
 * @param wanted What should be in place.
 * @param record What is ours.
 * @param options `look`: what is at a path now; `recordPath`: where the record
 * is kept.
 *
 * @example
 * ```ts
 * import { NOTHING_INSTALLED } from "./install_record.ts";
 * import { planInstall } from "./plan_install.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const item = { kind: "link", path: "/bin/set-links", target: "/opt/pitboot" } as const;
 * const wanted = [{ item, fingerprint: "-> /opt/pitboot" }];
 * const look = (path: string) => path === "/bin" ? "directory" : null;
 * const { steps } = planInstall(wanted, NOTHING_INSTALLED, { look, recordPath: "/record" });
 * assertEquals(steps, [{ do: "put", path: "/bin/set-links", item }]);
 * ```
 */
export function planInstall(
  wanted: readonly WantedItem[],
  record: InstallRecord,
  { look, recordPath }: { look: Look; recordPath: string },
): InstallPlan {
  const { puts, blocked, items, originals } = planItems(wanted, record, look);
  const stale = Object.entries(record.items).filter(([path]) =>
    !wanted.some(({ item }) => item.path === path)
  );
  const { steps: removals, changed } = undo(stale, originals, look);
  const isNothing = Object.keys(items).length === 0;
  const above = directoriesAbove(isNothing ? [] : [...Object.keys(items), recordPath]);
  const missing = above.filter((path) => look(path) === null);
  const directories = [...new Set([...record.folders, ...missing])];
  const unneeded = directories.filter((directory) => !above.includes(directory));
  const holdsRecord = (directory: string): boolean => recordPath.startsWith(`${directory}/`);
  return {
    steps: [
      ...missing.map((path) => ({ do: "make-directory", path }) as const),
      ...puts,
      ...removals,
      ...removeDirectories(unneeded.filter((directory) => !holdsRecord(directory))),
      // Forgotten when all else is gone.
      ...(isNothing && look(recordPath) !== null
        ? [{ do: "remove", path: recordPath } as const]
        : []),
      ...removeDirectories(unneeded.filter(holdsRecord)),
    ],
    blocked: [...blocked, ...above.filter((path) => !canHold(look(path)))],
    changed,
    record: {
      items,
      folders: directories.filter((directory) => above.includes(directory)),
      originals: Object.fromEntries([...originals].filter(([path]) => path in items)),
    },
  };
}

/** Decides what to do for each item that is wanted. */
function planItems(wanted: readonly WantedItem[], record: InstallRecord, look: Look): {
  puts: InstallStep[];
  blocked: string[];
  items: Record<string, readonly string[]>;
  originals: Map<string, string>;
} {
  const puts: InstallStep[] = [];
  const blocked: string[] = [];
  const items: Record<string, readonly string[]> = {};
  const originals = new Map(Object.entries(record.originals));
  for (const { item, fingerprint } of wanted) {
    const { path } = item;
    const found = look(path);
    const ours = record.items[path] ?? [];
    if (found === PROGRAM) continue;
    if (found === fingerprint) {
      // There already; ours only if it was we who put it there.
      if (ours.includes(fingerprint)) items[path] = [fingerprint];
      continue;
    }
    if (found !== null && !ours.includes(found)) {
      const place = placeForOriginal(path, found, { originals, look });
      if (place === "blocked") {
        blocked.push(path);
        continue;
      }
      if (place === "free") puts.push({ do: "keep", path, to: originalOf(path) });
      originals.set(path, found);
    }
    puts.push({ do: "put", path, item });
    items[path] = [fingerprint];
  }
  return { puts, blocked, items, originals };
}

/**
 * Lists the paths that {@linkcode planInstall} looks at.
 *
 * @param wanted What should be in place.
 * @param record What is ours.
 * @param recordPath Where the record is kept.
 */
export function pathsToLookAt(
  wanted: readonly WantedItem[],
  record: InstallRecord,
  recordPath: string,
): string[] {
  const paths = [...wanted.map(({ item }) => item.path), ...Object.keys(record.items), recordPath];
  return [...new Set([...paths, ...paths.map(originalOf), ...directoriesAbove(paths)])];
}

/** Whether something is a directory, perhaps through a link, or can be made one. */
function canHold(found: string | null): boolean {
  return found === null || found === DIRECTORY || found.startsWith("-> ");
}

/** The directories on the way to paths, the outer before the inner. */
function directoriesAbove(paths: readonly string[]): string[] {
  const above = paths.flatMap((path) => {
    const names = path.split("/").slice(1, -1);
    return names.map((_, i) => `/${names.slice(0, i + 1).join("/")}`);
  });
  return [...new Set(above)].sort();
}

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
      return `remove ${step.path}`;
    case "remove-directory":
      return `remove ${step.path}/ if it is empty`;
  }
}

function originalOf(path: string): string {
  return `${path}.orig`;
}

/** Whether what is in the way can be kept: `free`; or has been kept: `taken`. */
function placeForOriginal(
  path: string,
  found: string,
  { originals, look }: { originals: ReadonlyMap<string, string>; look: Look },
): "free" | "taken" | "blocked" {
  // The script whose place we take is kept beside its own place.
  if (!path.endsWith(`/${PREDECESSOR}`) || found === DIRECTORY) return "blocked";
  const kept = look(originalOf(path));
  if (kept === null) return "free";
  return originals.has(path) && kept === found ? "taken" : "blocked";
}

function undo(
  items: readonly (readonly [path: string, ours: readonly string[]])[],
  originals: ReadonlyMap<string, string>,
  look: Look,
): { steps: InstallStep[]; changed: string[] } {
  const steps: InstallStep[] = [];
  const changed: string[] = [];
  for (const [path, ours] of items) {
    const found = look(path);
    const from = originalOf(path);
    const isKept = originals.has(path) && look(from) !== null;
    if (found !== null && !ours.includes(found)) {
      // After a kill the old script may have two names, or have been put back.
      if (isKept && look(from) === found) steps.push({ do: "restore", path, from });
      else if (isKept || originals.get(path) !== found) changed.push(path);
    } else if (isKept) steps.push({ do: "restore", path, from });
    // What looks like the old script may be it, put back by a run that was killed.
    else if (found !== null && originals.get(path) !== found) steps.push({ do: "remove", path });
  }
  return { steps, changed };
}

/** The inner before the outer. */
function removeDirectories(paths: readonly string[]): InstallStep[] {
  return [...paths].sort().reverse().map((path) => ({ do: "remove-directory", path }));
}
