/**
 * Carries out the plans of many nodes.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { syncPath } from "../io/replace_file.ts";
import { applyStep, type LinkGiver, linkGiver } from "./apply_step.ts";
import type { PlannedNode } from "./link_report.ts";
import type { Step } from "./plan_links.ts";

/**
 * How many nodes share a wait for the disk. In that time they boot into the
 * menu, so not all of them at once.
 */
const BATCH = 64;

/**
 * Carries out plans. A node that fails does not stop the others; whatever
 * state it is left in, it boots nothing mixed, and a new run repairs it.
 *
 * @param nodes What to do.
 * @param root The file system.
 * @param signal Ends it between two batches.
 * @returns Why nodes failed, by name; `null` for those that were not begun.
 */
export async function applyPlans(
  nodes: readonly PlannedNode[],
  root: Root,
  signal: AbortSignal,
): Promise<Map<string, string | null>> {
  const failed = new Map<string, string | null>();
  const giveLink = await linkGiver(nodes.flatMap(({ wanted }) => Object.values(wanted.owners)));
  const attempt = async (node: PlannedNode, work: () => void | Promise<void>): Promise<void> => {
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
      for (const { wanted } of batch) failed.set(wanted.name, null);
      continue;
    }
    for (const node of batch) {
      await attempt(node, () => applySteps(node.plan.prepare, root, giveLink));
    }
    await Promise.all(batch.map((node) => attempt(node, () => syncAll(node.plan.sync, root))));
    for (const node of batch) {
      await attempt(node, () => applySteps(node.plan.publish, root, giveLink));
    }
  }
  return failed;
}

function applySteps(steps: readonly Step[], root: Root, giveLink: LinkGiver): void {
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
