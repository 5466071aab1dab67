/**
 * Carries out the plans of many nodes.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { applyStep, linkGiver, type StepTools } from "./apply_step.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { hasSteps, type Step } from "../boot/plan_steps.ts";

/**
 * How many nodes share a wait for the disk. Those whose links change boot into the
 * menu in that time, so only a few.
 */
const BATCH = 16;
/** How many waits for the disk there are at once. */
const SYNCS = 64;

/** What became of plans. */
export interface Applied {
  /** The nodes as they were when it was their turn. */
  readonly nodes: readonly PlannedNode[];
  /** Why nodes failed, by name; `null` for those that were not begun. */
  readonly failed: ReadonlyMap<string, string | null>;
}

/** How plans are carried out. */
export interface ApplyTools extends Omit<StepTools, "root" | "giveLink"> {
  readonly root: Root;
  /** Ends it between two batches. */
  readonly signal: AbortSignal;
  /** Looks at a node again, right before its turn; a new plan if something has changed. */
  look(node: PlannedNode): Promise<PlannedNode>;
}

/**
 * Carries out plans. A node that fails does not stop the others; whatever state it
 * is left in, no script lies beside links of two images, and a new run repairs it. What is done is on
 * disk when this ends.
 *
 * @param nodes What to do; those with nothing to do are left alone.
 * @param tools How.
 */
export async function applyPlans(
  nodes: readonly PlannedNode[],
  tools: ApplyTools,
): Promise<Applied> {
  const toDo = nodes.filter(({ plan }) => hasSteps(plan));
  const giveLink = await linkGiver(toDo.flatMap(({ wanted }) => Object.values(wanted.owners)));
  const root = new WritableRoot(tools.root);
  const failed = new Map<string, string | null>();
  const seen = new Map<string, PlannedNode>();
  const last = new Map<string, string>();
  for (let i = 0; i < toDo.length; i += BATCH) {
    const batch = toDo.slice(i, i + BATCH);
    if (tools.signal.aborted) {
      for (const { wanted } of batch) failed.set(wanted.name, null);
      continue;
    }
    await applyBatch(batch, { ...tools, root, giveLink, failed, seen, last });
  }
  await syncAll(last, root, failed);
  return { nodes: nodes.map((node) => seen.get(node.wanted.name) ?? node), failed };
}

interface BatchTools extends ApplyTools, StepTools {
  readonly root: WritableRoot;
  readonly failed: Map<string, string | null>;
  /** The nodes as they were when it was their turn. */
  readonly seen: Map<string, PlannedNode>;
  /** What must be on disk at the end, and for which node. */
  readonly last: Map<string, string>;
}

/** Phase by phase: the disk is waited for once for all. */
async function applyBatch(batch: readonly PlannedNode[], tools: BatchTools): Promise<void> {
  const { failed, seen, last } = tools;
  for (const node of batch) {
    await attempt(node.wanted.name, failed, async () => {
      seen.set(node.wanted.name, await tools.look(node));
    });
  }
  const nodes = batch.flatMap(({ wanted }) => seen.get(wanted.name) ?? []);
  const count = Math.max(0, ...nodes.map(({ plan }) => plan.phases.length));
  for (let phase = 0; phase < count; phase++) {
    const paths = new Map<string, string>();
    for (const { wanted: { name }, plan: { phases } } of nodes) {
      const { steps, sync } = phases[phase] ?? { steps: [], sync: [] };
      await attempt(name, failed, () => applySteps(steps, tools));
      const isLast = phase === phases.length - 1;
      for (const path of sync) (isLast ? last : paths).set(path, name);
    }
    await syncAll(paths, tools.root, failed);
  }
}

async function attempt(
  name: string,
  failed: Map<string, string | null>,
  work: () => Promise<void>,
): Promise<void> {
  if (failed.has(name)) return;
  try {
    await work();
  } catch (error) {
    failed.set(name, reasonOf(error));
  }
}

async function applySteps(steps: readonly Step[], tools: StepTools): Promise<void> {
  for (const step of steps) {
    try {
      await applyStep(step, tools);
    } catch (error) {
      // Without the path: nodes with the same trouble share a message.
      throw new Error(`${labelOf(step)}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

function labelOf(step: Step): string {
  return step.do === "link" ? basename(step.path) : step.do.replace("-", " ");
}

/** Waits until files and directories are on disk; what fails is a fault of its node. */
async function syncAll(
  paths: ReadonlyMap<string, string>,
  root: WritableRoot,
  failed: Map<string, string | null>,
): Promise<void> {
  const all = [...paths];
  for (let i = 0; i < all.length; i += SYNCS) {
    await Promise.all(
      all.slice(i, i + SYNCS).map(([path, name]) => attempt(name, failed, () => root.sync(path))),
    );
  }
}
