/**
 * What is remembered of an installation, so that exactly that can be undone.
 *
 * @module
 */

import { dictionary, type Infer, list, object, type Shape, text } from "../text/shape.ts";

/** What is remembered of an installation. */
export const installRecordShape: Shape<{
  /** What we put in place, by path: its fingerprints, the newest last. */
  readonly items: Readonly<Record<string, readonly string[]>>;
  /** The directories that we made. */
  readonly folders: readonly string[];
  /** The old scripts that we keep as `….orig`, by the path that they had. */
  readonly originals: Readonly<Record<string, string>>;
}> = object({ items: dictionary(list(text)), folders: list(text), originals: dictionary(text) });

/** What is remembered of an installation. */
export type InstallRecord = Infer<typeof installRecordShape>;

/** An installation of which nothing is there. */
export const NOTHING_INSTALLED: InstallRecord = { items: {}, folders: [], originals: {} };

/**
 * Joins what was ours before and what will be: until all is done, either may
 * be found.
 *
 * @param before What was ours.
 * @param after What will be ours.
 */
export function eitherRecord(before: InstallRecord, after: InstallRecord): InstallRecord {
  const join = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
  const paths = join(Object.keys(before.items), Object.keys(after.items));
  return {
    items: Object.fromEntries(
      paths.map((path) => [path, join(before.items[path] ?? [], after.items[path] ?? [])]),
    ),
    folders: join(before.folders, after.folders),
    originals: { ...before.originals, ...after.originals },
  };
}

/**
 * Tells where the shell script is kept whose place we take.
 *
 * @param path Where it was.
 */
export function originalOf(path: string): string {
  return `${path}.orig`;
}
