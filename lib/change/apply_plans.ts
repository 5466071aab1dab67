/**
 * Carries out the plans of many nodes.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import type { PlannedNode } from "../boot/planned_node.ts";
import { hasSteps, type Step } from "../boot/plan_steps.ts";
import type { Outcomes } from "../history/recorder.ts";
import { mayPass, reasonOf } from "../io/failures.ts";
import type { WritableRoot } from "../io/writable_root.ts";
import { applyStep, linkGiver, type SaveUnseen } from "./apply_step.ts";

/**
 * How many nodes share a wait for the disk. Those whose links change boot into the
 * menu in that time, so only a few.
 */
const BATCH = 16;
/** How many waits for the disk there are at once. */
const SYNCS = 64;

/** What became of plans. */
export interface Applied extends Outcomes {
  /** The nodes that failed for a reason that may pass, such as a full disk. */
  readonly passing: ReadonlySet<string>;
}

/** How plans are carried out. */
export interface Applying {
  readonly root: WritableRoot;
  /** Ends it between two batches. */
  readonly signal: AbortSignal;
  /** Looks at a node again, right before its turn; a new plan if something has changed. */
  look(node: PlannedNode): Promise<PlannedNode>;
  readonly saveUnseen: SaveUnseen;
  /** Milliseconds since some moment. */
  elapsed(): number;
}

/**
 * Carries out plans. A node that fails does not stop the others; whatever state it
 * is left in, it has no script beside links of two images, and a new run repairs it.
 * What is done is on disk when this ends.
 *
 * @param nodes What to do.
 * @param applying How.
 */
export async function applyPlans(
  nodes: readonly PlannedNode[],
  applying: Applying,
): Promise<Applied> {
  const batches = new Batches(applying, await linkGiver(nodes.map(({ wanted }) => wanted)));
  for (let i = 0; i < nodes.length; i += BATCH) await batches.apply(nodes.slice(i, i + BATCH));
  return await batches.end(nodes);
}

/** Nodes that are switched some at a time: the disk is waited for once for all of them. */
class Batches {
  readonly #applying: Applying;
  readonly #step: (step: Step) => Promise<void>;
  readonly #failed = new Map<string, string | null>();
  readonly #passing = new Set<string>();
  /** The nodes as they were when it was their turn. */
  readonly #seen = new Map<string, PlannedNode>();
  /** What must be on disk at the end, and for which node. */
  readonly #last = new Map<string, string>();

  constructor(applying: Applying, giveLink: Awaited<ReturnType<typeof linkGiver>>) {
    const { root, saveUnseen } = applying;
    this.#applying = applying;
    this.#step = (step) => applyStep(step, { root, giveLink, saveUnseen });
  }

  async apply(batch: readonly PlannedNode[]): Promise<void> {
    if (this.#applying.signal.aborted) return this.#leave(batch);
    for (const node of batch) await this.#look(node);
    const nodes = batch.flatMap(({ wanted }) => this.#seen.get(wanted.name) ?? []);
    const count = Math.max(0, ...nodes.map(({ plan }) => plan.phases.length));
    for (let phase = 0; phase < count; phase++) await this.#applyPhase(nodes, phase);
  }

  async end(nodes: readonly PlannedNode[]): Promise<Applied> {
    await this.#sync(this.#last);
    const seen = nodes.map((node) => this.#seen.get(node.wanted.name) ?? node);
    return { nodes: seen, failed: this.#failed, passing: this.#passing };
  }

  #leave(batch: readonly PlannedNode[]): void {
    for (const { wanted, plan } of batch) {
      if (hasSteps(plan)) this.#failed.set(wanted.name, null);
    }
  }

  async #look(node: PlannedNode): Promise<void> {
    const { name } = node.wanted;
    await this.#attempt(name, async () => {
      this.#seen.set(name, await this.#applying.look(node));
    });
  }

  async #applyPhase(nodes: readonly PlannedNode[], phase: number): Promise<void> {
    const paths = new Map<string, string>();
    for (const { wanted: { name }, plan: { phases } } of nodes) {
      const { steps, sync } = phases[phase] ?? { steps: [], sync: [] };
      await this.#attempt(name, () => this.#applySteps(steps));
      const isLast = phase === phases.length - 1;
      for (const path of sync) (isLast ? this.#last : paths).set(path, name);
    }
    await this.#sync(paths);
  }

  async #applySteps(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      try {
        await this.#step(step);
      } catch (error) {
        // Without the path: nodes with the same trouble share a message.
        throw new Error(`${labelOf(step)}: ${reasonOf(error)}`, { cause: error });
      }
    }
  }

  /** Waits until files and directories are on disk; what fails is a fault of its node. */
  async #sync(paths: ReadonlyMap<string, string>): Promise<void> {
    const { root, elapsed } = this.#applying;
    const all = [...paths];
    for (let i = 0; i < all.length; i += SYNCS) {
      await Promise.all(
        all.slice(i, i + SYNCS).map(([path, name]) =>
          this.#attempt(name, () => root.sync(path, elapsed))
        ),
      );
    }
  }

  async #attempt(name: string, work: () => Promise<void>): Promise<void> {
    if (this.#failed.has(name)) return;
    try {
      await work();
    } catch (error) {
      this.#failed.set(name, reasonOf(error));
      if (mayPass(error)) this.#passing.add(name);
    }
  }
}

function labelOf(step: Step): string {
  return step.do === "link" ? basename(step.path) : step.do.replace("-", " ");
}
