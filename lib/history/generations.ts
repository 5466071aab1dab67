/**
 * The history of what nodes boot: what a generation holds, and what was true at
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
import type { BootScripts, ScriptState } from "../boot/boot_tree.ts";
import { stateAfter, stateBefore } from "../boot/boot_state.ts";
import type { PlannedNode } from "../boot/planned_node.ts";

const keptScriptShape = object({
  text,
  mode: nullable(integer),
  uid: nullable(integer),
  gid: nullable(integer),
  modified: integer,
});

/** The part of a generation that is only on disk. */
const scriptsShape = object({ scripts: dictionary(keptScriptShape) });

/** A script that went away: one character per byte; its time in milliseconds since the epoch. */
export type KeptScript = Infer<typeof keptScriptShape>;

/**
 * A generation as it is on disk: with the scripts that were there before, by SHA-256.
 * A node whose script has the same text as another, but not its mode, owner or time,
 * has its own: its name follows the SHA-256.
 */
export type StoredGeneration = Generation & Infer<typeof scriptsShape>;

/** Adds to a shape the scripts that went away. */
export function withScripts<T>(shape: Shape<T>): Shape<T & Infer<typeof scriptsShape>> {
  return {
    schema: { allOf: [shape.schema, scriptsShape.schema] },
    decode: (value, path) => ({
      ...scriptsShape.decode(value, path),
      ...shape.decode(value, path),
    }),
  };
}

/** The file of one. */
export const storedGenerationShape: Shape<StoredGeneration> = withScripts(generationShape);

/** What `boot/script.ipxe` is, and is to be. */
export interface BootScriptChange {
  readonly before: KeptScript & { readonly sha256: string };
  readonly after: BootScripts["plain"];
}

/**
 * Lists what happens to nodes; those to which the same happens share an entry.
 *
 * @param nodes Those to which something happens.
 * @param failed Why nodes failed, by name; `null` for those that were not begun.
 */
export function changesOf(
  nodes: readonly PlannedNode[],
  failed: ReadonlyMap<string, string | null> = new Map(),
): GenerationChange[] {
  return folded(nodes.map((node) => {
    const { name } = node.wanted;
    return {
      nodes: [name],
      before: stateBefore(node),
      after: stateAfter(node),
      failed: failed.has(name) ? failed.get(name) ?? "not begun" : null,
    };
  }));
}

/** Lets nodes to which the same happens share an entry. */
export function folded(changes: readonly GenerationChange[]): GenerationChange[] {
  const groups = Map.groupBy(changes, ({ nodes: _, ...same }) => JSON.stringify(same));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, nodes: group.flatMap(({ nodes }) => nodes) }] : [];
  });
}

/**
 * Lists the scripts that nodes have before a change, as a generation keeps them.
 *
 * @param nodes What is planned.
 * @param bootScript What becomes of `boot/script.ipxe`.
 * @param known What the generation holds already; new ones are added to it.
 * @returns The new ones.
 */
export function scriptsBefore(
  nodes: readonly PlannedNode[],
  bootScript: BootScriptChange | null,
  known: Map<string, KeptScript> = new Map(),
): Record<string, KeptScript> {
  const added = new Map<string, KeptScript>();
  const add = (sha256: string, script: KeptScript, node = ""): void => {
    const { text, mode, uid, gid, modified } = script;
    const own = ownKey(sha256, node);
    const first = known.get(sha256);
    // One of its own that it had before would count, and be an older one.
    const isShared = !known.has(own) && (!first || isSame(first, script));
    if (isShared && first) return;
    for (const kept of [known, added]) {
      kept.set(isShared ? sha256 : own, { text, mode, uid, gid, modified });
    }
  };
  if (bootScript) add(bootScript.before.sha256, bootScript.before);
  for (const { wanted, observed: { script, parked }, history } of nodes) {
    const now: ScriptState | null = parked?.script ?? script;
    const sha256 = now && history.digests.get(now.text);
    if (now && sha256) add(sha256, now, wanted.name);
  }
  return Object.fromEntries(added);
}

function isSame(a: KeptScript, b: KeptScript): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.modified === b.modified;
}

function ownKey(sha256: string, node: string): string {
  return `${sha256} ${node}`;
}

/** What a node booted. */
export interface PastState {
  /** `null` for no boot directory. */
  readonly state: BootState | null;
  /** `null` where the state has none. */
  readonly script: KeptScript | null;
}

/** What was so at a generation. */
export interface Past {
  /** The nodes that have changed since, by name. */
  readonly nodes: ReadonlyMap<string, PastState>;
  /** `boot/script.ipxe`, if that has changed since. */
  readonly bootScript: KeptScript & { readonly sha256: string } | null;
}

/**
 * Finds out what was so at the end of a generation: what was there before the first
 * later one that changed it.
 *
 * @param later All generations after it, the oldest first.
 */
export function pastBefore(later: readonly StoredGeneration[]): Past {
  const nodes = new Map<string, PastState>();
  let bootScript: Past["bootScript"] = null;
  for (const { changes, scripts, bootScript: changed } of later) {
    for (const { nodes: names, before: state } of changes) {
      for (const name of names) {
        if (!nodes.has(name)) {
          nodes.set(name, { state, script: keptScriptOf(name, state, scripts) });
        }
      }
    }
    const script = changed && scripts[changed.before];
    if (script) bootScript ??= { ...script, sha256: changed.before };
  }
  return { nodes, bootScript };
}

function keptScriptOf(
  node: string,
  state: BootState | null,
  scripts: StoredGeneration["scripts"],
): KeptScript | null {
  if (!state?.script) return null;
  const { sha256 } = state.script;
  return scripts[ownKey(sha256, node)] ?? scripts[sha256] ?? null;
}

/**
 * Tells where a new generation leads back to: to the last one that was not interrupted.
 * One that is being made goes on as a new one after this.
 *
 * @param generations The last ones, the oldest first.
 * @param running The numbers of those that are being made.
 * @returns Its number; 0 for the state before the first.
 */
export function parentFor(
  generations: readonly Generation[],
  running: ReadonlySet<number> = new Set(),
): number {
  return generations.findLast(({ ended, number }) => ended !== null || running.has(number))
    ?.number ?? 0;
}
