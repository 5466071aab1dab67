/**
 * Carries out the plans of many nodes.
 *
 * @module
 */

import { NOT_BEGUN, type PlannedNode } from "./link_report.ts";
import type { Step } from "./plan_links.ts";
import { basename } from "@std/path/basename";
import { applyStep, type GiveLink, linkGiver, syncPath } from "./apply_step.ts";
import { reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";

/**
 * So many nodes share a wait for the disk. In that time they boot into the
 * menu, so not all of them at once.
 */
const BATCH = 64;

/**
 * Carries out plans. A node that fails does not stop the others; whatever
 * state it is left in, it boots nothing mixed, and a new run mends it.
 *
 * @param nodes What to do.
 * @param root The file system.
 * @param signal Ends it between two batches.
 * @returns Why nodes failed, by name.
 */
export async function applyPlans(
  nodes: readonly PlannedNode[],
  root: Root,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  const giveLink = await linkGiver(nodes.flatMap(({ wanted }) => Object.values(wanted.owners)));
  const carryOut = async (node: PlannedNode, work: () => void | Promise<void>): Promise<void> => {
    const { name } = node.wanted;
    if (failed.has(name)) return;
    try {
      await work();
    } catch (error) {
      failed.set(name, reasonOf(error));
    }
  };
  for (let i = 0; i < nodes.length; i += BATCH) {
    const batch = nodes.slice(i, i + BATCH);
    if (signal.aborted) {
      for (const { wanted } of batch) failed.set(wanted.name, NOT_BEGUN);
      continue;
    }
    for (const node of batch) {
      await carryOut(node, () => applySteps(node.plan.prepare, root, giveLink));
    }
    await Promise.all(batch.map((node) => carryOut(node, () => syncAll(node.plan.sync, root))));
    for (const node of batch) {
      await carryOut(node, () => applySteps(node.plan.publish, root, giveLink));
    }
  }
  return failed;
}

function applySteps(steps: readonly Step[], root: Root, giveLink: GiveLink): void {
  for (const step of steps) {
    try {
      applyStep(root, step, giveLink);
    } catch (error) {
      // Without the path: nodes with the same trouble share a message.
      throw new Error(`${labelOf(step)}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

function labelOf(step: Step): string {
  return step.do === "link" ? basename(step.path) : step.do.replace("-", " ");
}

async function syncAll(paths: readonly string[], root: Root): Promise<void> {
  for (const path of paths) await syncPath(root.real(path));
}
