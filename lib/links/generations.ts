/**
 * The history of what nodes boot: what a generation holds, and what was so at
 * each of them.
 *
 * @module
 */

import {
  type BootState,
  type Generation,
  type GenerationChange,
  generationShape,
} from "../document/generation.ts";
import {
  dictionary,
  type Infer,
  integer,
  nullable,
  object,
  type Shape,
  text,
} from "../text/shape.ts";
import type { BootScripts, ScriptState } from "./boot_tree.ts";
import { stateAfter, stateBefore } from "./boot_state.ts";
import { hasSteps } from "./plan_steps.ts";
import type { PlannedNode } from "./planned_node.ts";

const keptScriptShape = object({
  text,
  mode: nullable(integer),
  uid: nullable(integer),
  gid: nullable(integer),
  modified: integer,
});

const scriptsShape = object({ scripts: dictionary(keptScriptShape) });

/** A script that went away: one character per byte; its time in milliseconds since the epoch. */
export type KeptScript = Infer<typeof keptScriptShape>;

/** A generation as it is on disk: with the scripts that were there before, by SHA-256. */
export type StoredGeneration = Generation & Infer<typeof scriptsShape>;

/** The file of one. */
export const storedGenerationShape: Shape<StoredGeneration> = {
  schema: { allOf: [generationShape.schema, scriptsShape.schema] },
  decode: (value, path) => ({
    ...scriptsShape.decode(value, path),
    ...generationShape.decode(value, path),
  }),
};

/** What `boot/script.ipxe` is, and is to be. */
export interface BootScriptChange {
  readonly before: KeptScript & { readonly sha256: string };
  readonly after: BootScripts["plain"];
}

/**
 * Lists what happens to nodes; those to which the same happens share an entry.
 *
 * @param nodes What is planned.
 * @param failed Why nodes failed, by name; `null` for those that were not begun.
 */
export function changesOf(
  nodes: readonly PlannedNode[],
  failed: ReadonlyMap<string, string | null>,
): GenerationChange[] {
  const changes = nodes.filter(({ plan }) => hasSteps(plan)).map((node) => {
    const { name } = node.wanted;
    return {
      nodes: [name],
      before: stateBefore(node),
      after: stateAfter(node),
      failed: failed.has(name) ? failed.get(name) ?? "not begun" : null,
    };
  });
  const groups = Map.groupBy(changes, ({ nodes: _, ...same }) => JSON.stringify(same));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, nodes: group.flatMap(({ nodes }) => nodes) }] : [];
  });
}

/** The scripts that nodes have before a change, by SHA-256. */
export function scriptsBefore(
  nodes: readonly PlannedNode[],
  bootScript: BootScriptChange | null,
): Record<string, KeptScript> {
  const scripts = new Map<string, KeptScript>();
  const add = (sha256: string, { text, mode, uid, gid, modified }: KeptScript): void => {
    scripts.set(sha256, { text, mode, uid, gid, modified });
  };
  if (bootScript) add(bootScript.before.sha256, bootScript.before);
  for (const { observed: { script, parked }, history, plan } of nodes) {
    const now: ScriptState | null = parked?.script ?? script;
    const sha256 = now && history.digests.get(now.text);
    if (now && sha256 && hasSteps(plan)) add(sha256, now);
  }
  return Object.fromEntries(scripts);
}

/** What was so at a generation. */
export interface Past {
  /** What nodes booted that have changed since; `null` is no boot directory. */
  readonly nodes: ReadonlyMap<string, BootState | null>;
  /** SHA-256 of `boot/script.ipxe`, if that has changed since. */
  readonly bootScript: string | null;
  /** The scripts of that time. */
  readonly scripts: Readonly<Record<string, KeptScript>>;
}

/**
 * Finds out what was so at the end of a generation: what was there before the first
 * later one that changed it.
 *
 * @param later All generations after it, the oldest first.
 */
export function pastBefore(later: readonly StoredGeneration[]): Past {
  const nodes = new Map<string, BootState | null>();
  let bootScript: string | null = null;
  let scripts: Record<string, KeptScript> = {};
  for (const generation of later) {
    for (const { nodes: names, before } of generation.changes) {
      for (const name of names) {
        if (!nodes.has(name)) nodes.set(name, before);
      }
    }
    bootScript ??= generation.bootScript?.before ?? null;
    scripts = { ...generation.scripts, ...scripts };
  }
  return { nodes, bootScript, scripts };
}

/**
 * Tells where a new generation leads back to: to the last one that was not cut off.
 *
 * @param generations The last ones, the oldest first.
 * @returns Its number; 0 for the state before the first.
 */
export function parentFor(generations: readonly Generation[]): number {
  return generations.findLast(({ ended }) => ended !== null)?.number ?? 0;
}
