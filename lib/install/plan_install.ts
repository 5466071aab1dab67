/**
 * Decides what to do to install pitboot, and to undo that.
 *
 * Both are one thing: to go from what is recorded as ours to what is wanted;
 * to undo it, nothing is wanted.
 *
 * @module
 */

import { PREDECESSOR } from "../cli/names.ts";
import { newPath } from "../text/new_name.ts";
import { type InstallRecord, originalOf } from "./install_record.ts";
import type { InstallStep } from "./install_step.ts";
import type { Item } from "./shared_files.ts";

/** What is to be done. */
export interface InstallPlan {
  readonly steps: readonly InstallStep[];
  /** Paths where something is that is not ours: nothing may be done then. */
  readonly blocked: readonly string[];
  /** Where what was there before us is kept, of those. */
  readonly kept: readonly string[];
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
/** The fingerprint of a directory that was made for the lock, and is not recorded yet. */
export const BEGUN = "begun";
/** The fingerprint of the program itself: it needs no link to itself. */
export const PROGRAM_ITSELF = "program";

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
  const around = directoriesAbove([recordPath]);
  const begun = around.filter((path) => look(path) === BEGUN);
  const missing = above.filter((path) => look(path) === null || look(path) === BEGUN);
  const directories = [...new Set([...record.folders, ...begun, ...missing])].sort();
  const unneeded = directories.filter((directory) => !above.includes(directory));
  const asides = [...puts.map(({ path }) => path), ...isNothing ? [] : [recordPath]].map(
    newPath,
  );
  return {
    steps: [
      ...removeLeftovers(pathsOf(wanted, record, recordPath), directories, look),
      ...missing.map((path) => ({ do: "make-directory", path } as const)),
      ...puts,
      ...removals,
      ...removeDirectories(unneeded.filter((directory) => !around.includes(directory))),
      ...isNothing ? forget(unneeded, around, { look, recordPath }) : [],
    ],
    blocked: [
      ...blocked,
      ...above.filter((path) => !canHold(look(path))),
      ...asides.filter((path) => isDirectory(look(path))),
    ],
    kept: blocked.filter((path) => originals.has(path)).map(originalOf),
    changed,
    record: {
      items,
      folders: directories.filter((directory) => above.includes(directory)),
      originals: Object.fromEntries([...originals].filter(([path]) => path in items)),
    },
  };
}

/** The record goes when all else is gone, and then what is around it. */
function forget(
  unneeded: readonly string[],
  around: readonly string[],
  { look, recordPath }: { look: Look; recordPath: string },
): InstallStep[] {
  const state = around.at(-1);
  const isRecorded = look(recordPath) !== null;
  const left = around.filter((path) => unneeded.includes(path) || (isRecorded && path === state));
  return [
    ...isRecorded ? [{ do: "forget", path: recordPath } as const] : [],
    ...removeDirectories(left),
  ];
}

/** What a run that was killed had made, and not yet put in its place. */
function removeLeftovers(
  paths: readonly string[],
  folders: readonly string[],
  look: Look,
): InstallStep[] {
  const isFile = (path: string): boolean => look(path) !== null && !isDirectory(look(path));
  const unmade = folders.filter((path) => look(path) === null).map(newPath);
  return [
    ...[...new Set(paths)].map(newPath).filter(isFile)
      .map((path) => ({ do: "remove", path }) as const),
    ...removeDirectories(unmade.filter((path) => isDirectory(look(path)))),
  ];
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
    if (found === PROGRAM_ITSELF) continue;
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
  const paths = pathsOf(wanted, record, recordPath);
  const folders = [...directoriesAbove(paths), ...record.folders];
  const asides = [...paths, ...folders].map(newPath);
  return [...new Set([...paths, ...paths.map(originalOf), ...folders, ...asides])];
}

function pathsOf(
  wanted: readonly WantedItem[],
  record: InstallRecord,
  recordPath: string,
): string[] {
  return [...wanted.map(({ item }) => item.path), ...Object.keys(record.items), recordPath];
}

/** Whether something is a directory, perhaps through a link, or can be made one. */
function canHold(found: string | null): boolean {
  return found === null || isDirectory(found) || found.startsWith("-> ");
}

function isDirectory(found: string | null): boolean {
  return found === DIRECTORY || found === BEGUN;
}

/** Lists the directories on the way to paths, the outer before the inner. */
export function directoriesAbove(paths: readonly string[]): string[] {
  const above = paths.flatMap((path) => {
    const names = path.split("/").slice(1, -1);
    return names.map((_, i) => `/${names.slice(0, i + 1).join("/")}`);
  });
  return [...new Set(above)].sort();
}

/** Whether what is in the way can be kept: `free`; or has been kept: `taken`. */
function placeForOriginal(
  path: string,
  found: string,
  { originals, look }: { originals: ReadonlyMap<string, string>; look: Look },
): "free" | "taken" | "blocked" {
  // The script whose place we take is kept beside its own place.
  if (!path.endsWith(`/${PREDECESSOR}`) || isDirectory(found)) return "blocked";
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
