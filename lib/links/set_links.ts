/**
 * The stage `set-links`: sets up what each node boots.
 *
 * @module
 */

import type { Wanted } from "../boot/boot_tree.ts";
import { planNode } from "../boot/plan_links.ts";
import { hasSteps, type NodePlan } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { Changer } from "../change/changer.ts";
import {
  describeBootScript,
  editedMeanwhile,
  offlineProblems,
  RELEASE_UNSET,
  servingProblems,
} from "../change/link_report.ts";
import { type Dropped, droppedProblem, droppedRelease } from "../change/dropped_release.ts";
import { keptRootfsProblems } from "../change/kept_rootfs.ts";
import type { Decide } from "../change/planner.ts";
import { type ServedNode, servedNodes } from "../change/served_nodes.ts";
import { wantNodes } from "../change/want_nodes.ts";
import { isEditedSince } from "../change/wanted_scripts.ts";
import type { Draft } from "../command/draft.ts";
import { claimedFailure } from "../history/claim_words.ts";
import type { Outcomes } from "../history/recorder.ts";
import type { Host } from "../command/host.ts";
import type { BmcLease } from "../document/document.ts";
import { Failure, orElse } from "../document/problems.ts";
import { acceptedIn } from "../images/accepted_files.ts";
import { PARTS } from "../images/each_of_three.ts";
import { failureOf } from "../io/failures.ts";
import { roleOf } from "../nodes/roles.ts";
import { type LinkWork, prepareWebRoot } from "./prepare_links.ts";

/** What is planned for each node, by name. */
export type Plans = ReadonlyMap<string, PlannedNode>;

/** Makes or repairs boot directories, of some nodes now and of others later. */
export class LinkSetter {
  readonly #work: LinkWork;
  readonly #draft: Draft;
  readonly #host: Host;
  readonly #changer: Changer;
  /** Why nodes have to wait for other commands, by name. */
  readonly #held = new Map<string, Failure>();
  #dropped: Dropped | null = null;

  /**
   * @param work What boot directories are made with.
   * @param draft The document, to which `nodes` is added.
   * @param host Where.
   */
  constructor(work: LinkWork, draft: Draft, host: Host) {
    const { flags, images, state, scripts: { path, target, found, plain, differs } } = work;
    const bootScript = differs ? { path, target, before: found, after: plain } : null;
    this.#work = work;
    this.#draft = draft;
    this.#host = host;
    const accepted = acceptedIn(images);
    const change = { flags, state, decide: unlessOffline, bootScript, accepted };
    this.#changer = new Changer(draft, change, host);
  }

  /**
   * Sets up all nodes with a lease. Everything is planned first.
   *
   * @param leases The BMCs with a lease.
   * @throws {Failure} If something is in the way: nothing is changed.
   */
  async setAll(leases: readonly BmcLease[]): Promise<void> {
    const { flags, scripts, state } = this.#work;
    this.#host.emit({ what: "linking", leases: flags.leases, release: scripts.release });
    const wanted = this.#want(servedNodes(leases, this.#work).served);
    this.#reportOn(leases);
    if (!state) this.#host.reporter.show(describeBootScript(scripts));
    const nodes = await this.#changer.plan(wanted);
    await this.#reportDoubts(nodes);
    await this.#changer.apply(nodes);
  }

  /**
   * Plans for all chosen nodes, whether or not they have a lease: whatever is in the way
   * of one is known before the first is changed.
   *
   * @throws {Failure} If something is in the way, or nothing can be made there.
   */
  async plan(): Promise<Plans> {
    using _turn = await this.#work.state?.claims.turn();
    const { served } = servedNodes(this.#work.bmcs.map(({ name }) => ({ bmc: name })), this.#work);
    const nodes = await this.#changer.plan(this.#want(served));
    const first = nodes.find(({ plan }) => hasSteps(plan));
    if (this.#work.state) prepareWebRoot(this.#work, first, this.#host);
    await this.#reportDoubts(nodes);
    return new Map(nodes.map((node) => [node.wanted.name, node]));
  }

  /**
   * Sets up nodes that have got a lease. One that something is in the way of does not
   * stop the others.
   *
   * @param fresh The BMCs with a lease that had none before.
   * @param plans What is planned.
   * @returns The nodes that failed for a reason that may pass.
   * @throws {Failure} If nothing can be recorded.
   */
  async setMore(fresh: readonly BmcLease[], plans: Plans): Promise<ReadonlySet<string>> {
    const { served } = servedNodes(fresh, this.#work);
    using _turn = await this.#turnFor(served);
    const nodes: PlannedNode[] = [];
    for (const wanted of this.#unlessLost(served, (group) => this.#want(group))) {
      nodes.push(...await this.#planned(wanted, plans));
    }
    const ours = nodes.filter((node) => this.#isOurs(node))
      .sort((a, b) => a.wanted.name < b.wanted.name ? -1 : 1);
    const passing = await this.#changer.apply(ours);
    const names = ours.map(({ wanted: { name } }) => name);
    this.#work.state?.claims.free({ nodes: names.filter((name) => !passing.has(name)) });
    return new Set([...passing, ...this.#held.keys()]);
  }

  /** Where there is no turn, that is why its nodes are not set up. */
  async #turnFor(served: readonly ServedNode[]): Promise<Disposable | undefined> {
    try {
      return await this.#work.state?.claims.turn();
    } catch (error) {
      throw this.#changer.keepWhy(served.map(({ name }) => name), error);
    }
  }

  /**
   * A node that was given back, because its BMC could not be switched, may have been
   * changed by another command. What was done last is not undone.
   */
  #isOurs(node: PlannedNode): boolean {
    const { wanted: { name } } = node;
    const claims = this.#work.state?.claims;
    this.#held.delete(name);
    if (!claims?.isFree(name)) return true;
    const other = claims.otherAt(name);
    if (other) {
      const now = this.#host.context.now();
      this.#held.set(name, claimedFailure(other, { nodes: [name], bmcs: [] }, now));
      return false;
    }
    if (!this.#changer.isElsewhere(node)) return true;
    const message = "another pitboot has changed it meanwhile; it is left as it is";
    this.#changer.lose([name], new Failure("node-failed", { message, nodes: [name] }));
    return false;
  }

  /**
   * Ends it, and reports on it.
   *
   * @param leases The BMCs with a lease, if that was not reported on yet.
   * @returns What became of it, and whose boot directory something is in the way of.
   */
  end(leases?: readonly BmcLease[]): Outcomes {
    if (leases) this.#reportOn(leases);
    for (const [name, failure] of this.#held) this.#changer.lose([name], failure);
    this.#changer.report();
    const { nodes } = this.#changer.applied;
    this.#checkImages(nodes);
    const { scripts } = this.#work;
    const isEdited = nodes.length > 0 && isEditedSince(scripts, this.#host.root);
    this.#draft.reportAll([
      ...offlineProblems(nodes.map(({ wanted: { name }, observed }) => ({ name, observed }))),
      ...isEdited ? [editedMeanwhile(scripts.path)] : [],
    ]);
    if (this.#dropped && this.#work.state && nodes.length > 0) this.#sayDropped(this.#dropped);
    return this.#changer.applied;
  }

  /** Once more at the end, where everybody looks. */
  #sayDropped({ release, places }: Dropped): void {
    const { reporter, typed } = this.#host;
    reporter.say(
      `rd.live.dir=${release} was taken out of ${places}; CSM_RELEASE=${release} ${typed.again()} puts it back`,
    );
  }

  /**
   * Ends the generation.
   *
   * @param notReady The selected nodes that are not ready.
   */
  conclude(notReady: readonly string[]): void {
    this.#changer.conclude(notReady);
  }

  /**
   * With `--dry-run`: shows what is planned, for nodes with and without a lease.
   *
   * @param plans What is planned.
   */
  async pretend(plans: Plans): Promise<void> {
    await this.#changer.apply([...plans.values()]);
    const { scripts } = this.#work;
    if (scripts.release === null) this.#draft.report(...RELEASE_UNSET);
    this.#host.reporter.show(describeBootScript(scripts));
    this.end();
  }

  /** What may not be meant is said before anything is done. */
  async #reportDoubts(nodes: readonly PlannedNode[]): Promise<void> {
    const { flags: { nodes: named, exclude }, scripts } = this.#work;
    this.#dropped = droppedRelease(nodes, scripts);
    if (this.#dropped) this.#draft.report(...droppedProblem(this.#dropped));
    this.#draft.reportAll(keptRootfsProblems(nodes));
    if (named === null && exclude === null) return;
    // Only now: what is loaded takes its time.
    const { partOfRole } = await import("./part_of_role.ts");
    this.#draft.reportAll(partOfRole(nodes, this.#work, this.#host));
  }

  #want(nodes: readonly ServedNode[]): Wanted[] {
    return wantNodes(nodes, this.#work);
  }

  /** The plan for a node; where its images belong to somebody else by now, a new one. */
  async #planned(wanted: Wanted, plans: Plans): Promise<PlannedNode[]> {
    const { name, owners } = wanted;
    const known = plans.get(name);
    if (known && PARTS.every((part) => known.wanted.owners[part] === owners[part])) return [known];
    try {
      return await this.#changer.plan([wanted]);
    } catch (error) {
      const { details: { message } } = failureOf(error);
      this.#changer.lose([name], new Failure("node-failed", { message, nodes: [name] }));
      return [];
    }
  }

  /** What was there when nodes were set up may be gone; all nodes of a role share it. */
  #checkImages(nodes: readonly PlannedNode[]): void {
    const served = nodes.filter(({ plan }) => plan.change !== "offline").flatMap(({ wanted }) => {
      const role = roleOf(wanted.name, this.#work.roles);
      return role ? [{ name: wanted.name, role }] : [];
    });
    this.#unlessLost(served, (group) => this.#want(group.slice(0, 1)));
  }

  /** Nodes whose images are gone or unusable by now do not stop those of other roles. */
  #unlessLost(
    nodes: readonly ServedNode[],
    want: (group: readonly ServedNode[]) => Wanted[],
  ): Wanted[] {
    return [...Map.groupBy(nodes, ({ role }) => role).values()].flatMap((group) =>
      orElse(() => want(group), (failure) => {
        this.#changer.lose(group.map(({ name }) => name), failure);
        return [];
      })
    );
  }

  #reportOn(leases: readonly BmcLease[]): void {
    const { scripts } = this.#work;
    if (scripts.release === null) this.#draft.report(...RELEASE_UNSET);
    this.#draft.reportAll(servingProblems(servedNodes(leases, this.#work), scripts));
  }
}

/** Only `online` puts a node online that was taken offline. */
const unlessOffline: Decide = (wanted, observed, history) =>
  observed.parked ? LEFT_OFFLINE : planNode(wanted, observed, history);

const LEFT_OFFLINE: NodePlan = { change: "offline", script: "missing", save: [], phases: [] };
