/**
 * The stage `set-links`: sets up what each node boots.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { BmcLease } from "../document/document.ts";
import { Failure } from "../document/problems.ts";
import { failureOf } from "../io/failures.ts";
import type { Applied } from "../change/apply_plans.ts";
import type { Wanted } from "../boot/boot_tree.ts";
import { NodeChanger } from "../change/change_nodes.ts";
import {
  describeBootScript,
  editedMeanwhile,
  offlineProblems,
  RELEASE_UNSET,
  servingProblems,
} from "../change/link_report.ts";
import type { Decide } from "../change/node_planner.ts";
import { planNode } from "../boot/plan_links.ts";
import type { NodePlan } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { type LinkFlags, type LinkWork, planAll } from "./prepare_links.ts";
import { type ServedNode, servedNodes, type Serving } from "../change/served_nodes.ts";
import { wantNodes } from "../change/want_nodes.ts";
import { isEditedSince } from "../change/wanted_scripts.ts";

/** After so long a plan is made anew: somebody may have changed something. */
const FRESH_MS = 1000;

/** Makes or repairs boot directories, of some nodes now and of others later. */
export class LinkSetter {
  readonly #work: LinkWork;
  readonly #draft: Draft;
  readonly #flags: LinkFlags;
  readonly #host: Host;
  readonly #changer: NodeChanger;
  readonly #begun = new Map<string, ServedNode>();
  readonly #blocked = new Map<string, string>();
  /** What was planned a moment ago, and when. */
  #planned: { readonly nodes: readonly PlannedNode[]; readonly at: number } | null = null;
  /** Why nothing of it was done, by node. */
  readonly #undone = new Map<string, string>();

  /**
   * @param work What boot directories are made with.
   * @param draft The document, to which `nodes` is added.
   * @param flags What was asked for.
   * @param host Where.
   */
  constructor(work: LinkWork, draft: Draft, flags: LinkFlags, host: Host) {
    const { scripts: { path, target, found, plain, differs }, state } = work;
    this.#work = work;
    this.#draft = draft;
    this.#flags = flags;
    this.#host = host;
    this.#changer = new NodeChanger(draft, {
      ...{ flags, state },
      decide: unlessOffline,
      bootScript: differs ? { path, target, before: found, after: plain } : null,
    }, host);
  }

  /**
   * Sets up all nodes with a lease. Everything is planned first.
   *
   * @param leases The BMCs with a lease.
   * @throws {Failure} If something is in the way: nothing is changed.
   */
  async setAll(leases: readonly BmcLease[]): Promise<void> {
    const { release } = this.#work.scripts;
    this.#host.emit({ what: "linking", leases: this.#flags.leases, release });
    const serving = servedNodes(leases, this.#work);
    const wanted = this.#want(serving.served);
    this.#reportOn(serving);
    await this.#changer.change(await this.#changer.plan(wanted));
  }

  /**
   * Plans for all chosen nodes, as {@linkcode planAll} does. Those that have a lease
   * already need not be looked at again a moment later.
   */
  async planAll(): Promise<void> {
    const options = { changer: this.#changer, webRoot: this.#flags["web-root"] };
    const nodes = await planAll(this.#work, options, this.#host);
    this.#planned = { nodes, at: this.#host.context.elapsed() };
  }

  /**
   * Sets up nodes that have got a lease. One that something is in the way of does not
   * stop the others.
   *
   * @param leases The BMCs with a lease; nodes that were set up are left alone.
   * @throws {Failure} If nothing can be remembered.
   */
  async setMore(leases: readonly BmcLease[]): Promise<void> {
    const { served } = servedNodes(leases, this.#work);
    const more = served.filter(({ name }) => !this.#begun.has(name));
    if (more.length === 0) return;
    for (const node of more) this.#begun.set(node.name, node);
    try {
      await this.#changer.change(await this.#plan(more));
    } catch (error) {
      const { details: { message } } = failureOf(error);
      for (const { name } of more) this.#undone.set(name, message);
      throw error;
    }
  }

  /**
   * Ends it, and reports on it.
   *
   * @param leases The BMCs with a lease, if that was not reported on yet.
   * @returns What became of it, and whose boot directory something is in the way of.
   */
  end(leases?: readonly BmcLease[]): Applied {
    if (leases) this.#reportOn(servedNodes(leases, this.#work));
    const { nodes, failed } = this.#changer.end();
    // What was there when they were set up may be gone.
    const offline = new Set(
      nodes.flatMap(({ wanted, plan }) => plan.change === "offline" ? [wanted.name] : []),
    );
    const served = [...this.#begun.values()]
      .filter(({ name }) => !offline.has(name) && !this.#undone.has(name));
    // All nodes of a role have its images.
    this.#unlessLost(served, ([first]) => first ? this.#want([first]) : []);
    const seen = nodes.map(({ wanted: { name }, observed }) => ({ name, observed }));
    const blocked = [...this.#blocked];
    const { scripts } = this.#work;
    const isEdited = nodes.length > 0 && isEditedSince(scripts, this.#host.root);
    this.#draft.reportAll([
      ...offlineProblems(seen),
      ...isEdited ? [editedMeanwhile(scripts.path)] : [],
      ...blocked.map(([name, message]) => ["node-failed", { message, nodes: [name] }] as const),
    ]);
    return { nodes, failed: new Map([...this.#undone, ...failed, ...blocked]) };
  }

  /** With `--dry-run`: shows what was planned, for nodes with and without a lease. */
  async pretend(): Promise<void> {
    await this.#changer.change(this.#planned?.nodes ?? []);
    const { scripts } = this.#work;
    if (scripts.release === null) this.#draft.report(...RELEASE_UNSET);
    this.#host.reporter.show(describeBootScript(scripts));
    this.end();
  }

  #want(nodes: readonly ServedNode[]): Wanted[] {
    const { images, scripts } = this.#work;
    const { root } = this.#host;
    return wantNodes(nodes, { images, scripts, webRoot: this.#flags["web-root"], root });
  }

  async #plan(nodes: readonly ServedNode[]): Promise<PlannedNode[]> {
    const planned = this.#planned;
    this.#planned = null;
    const isFresh = planned && this.#host.context.elapsed() - planned.at < FRESH_MS;
    const known = new Map(isFresh ? planned.nodes.map((node) => [node.wanted.name, node]) : []);
    const others = nodes.filter(({ name }) => !known.has(name));
    const wanted = this.#unlessLost(others, (group) => this.#want(group));
    return [
      ...nodes.flatMap(({ name }) => known.get(name) ?? []),
      ...wanted.length > 0 ? await this.#planUnblocked(wanted) : [],
    ];
  }

  /** Nodes whose images are gone or unfit by now do not stop those of other roles. */
  #unlessLost(
    nodes: readonly ServedNode[],
    want: (group: readonly ServedNode[]) => Wanted[],
  ): Wanted[] {
    return [...Map.groupBy(nodes, ({ role }) => role).values()].flatMap((group) => {
      try {
        return want(group);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        this.#lose(group, error);
        return [];
      }
    });
  }

  #lose(nodes: readonly { readonly name: string }[], { code, details }: Failure): void {
    const isNew = ![...this.#undone.values()].includes(details.message);
    for (const { name } of nodes) this.#undone.set(name, details.message);
    if (isNew) this.#draft.report(code, details);
  }

  async #planUnblocked(wanted: readonly Wanted[]): Promise<PlannedNode[]> {
    try {
      return await this.#changer.plan(wanted);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const [first, ...others] = wanted;
      if (first && others.length === 0) this.#blocked.set(first.name, error.details.message);
      if (others.length === 0) return [];
    }
    // Something is in the way of one of them since the checks: that is rare.
    const nodes: PlannedNode[] = [];
    for (const each of wanted) nodes.push(...await this.#planUnblocked([each]));
    return nodes;
  }

  #reportOn(serving: Serving): void {
    const { scripts, state } = this.#work;
    if (scripts.release === null) this.#draft.report(...RELEASE_UNSET);
    this.#draft.reportAll(servingProblems(serving, scripts));
    if (!state) this.#host.reporter.show(describeBootScript(scripts));
  }
}

/** Whoever took a node offline puts it online again, and nobody else. */
const unlessOffline: Decide = (wanted, observed, history) =>
  observed.parked ? OFFLINE : planNode(wanted, observed, history);

const OFFLINE: NodePlan = { change: "offline", script: "missing", save: [], phases: [] };
