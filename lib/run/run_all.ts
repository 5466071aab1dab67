/**
 * The whole job: looks at everything first, then sets BMCs, waits for their leases
 * and sets up nodes, all at once. Nobody waits for somebody else's BMC.
 *
 * @module
 */

import { BMC_OPTIONS, type BmcWork, prepareBmcs } from "../bmc/prepare_bmcs.ts";
import { setBmcs } from "../bmc/set_bmcs.ts";
import { DRY_RUN_OPTIONS } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import { Checks } from "../command/checks.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { outcomeOf } from "../document/outcome.ts";
import { RESOLVE_OPTIONS, resolveImages } from "../images/resolve_images.ts";
import { isHopeless } from "../leases/hopeless.ts";
import {
  checkLeases,
  lookForLeases,
  WAIT_OPTIONS,
  waitForLeases,
} from "../leases/wait_for_leases.ts";
import type { ClaimedWork } from "../history/claim.ts";
import type { Claims } from "../history/claims.ts";
import type { Outcomes } from "../history/recorder.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import type { Listener } from "../document/event.ts";
import { onFailure, orElse } from "../document/problems.ts";
import { LeaseServer } from "./lease_server.ts";
import { openState } from "../history/state_directory.ts";
import { LINK_OPTIONS, type LinkWork, prepareLinks } from "../links/prepare_links.ts";
import { LinkSetter, type Plans } from "../links/set_links.ts";
import { addUnserved } from "../links/unserved.ts";

/** Options of the whole job. */
export const RUN_OPTIONS = {
  ...RESOLVE_OPTIONS,
  ...BMC_OPTIONS,
  ...WAIT_OPTIONS,
  ...LINK_OPTIONS,
  ...DRY_RUN_OPTIONS,
};

type RunFlags = Flags<typeof RUN_OPTIONS>;

/** The document, for each of the stages. */
interface Drafts {
  readonly images: Draft;
  readonly bmcs: Draft;
  readonly leases: Draft;
  readonly links: Draft;
}

/** What was asked for, and where. */
interface Job {
  readonly drafts: Drafts;
  readonly flags: RunFlags & { readonly reset: false; readonly "enable-ipmi": false };
  readonly host: Host;
}

/** A job, and what it is done with. */
interface Work extends Job {
  readonly bmcs: BmcWork;
  readonly links: LinkWork;
  readonly setter: LinkSetter;
  readonly plans: Plans;
}

/**
 * Does the whole job.
 *
 * @param draft The document.
 * @param options What was asked for.
 * @param host Where.
 */
export async function runAll(draft: Draft, options: RunFlags, host: Host): Promise<void> {
  const flags = { ...options, reset: false, "enable-ipmi": false } as const;
  const drafts: Drafts = {
    images: draft.beside("resolve-images"),
    bmcs: draft.beside("bmc-dhcp"),
    leases: draft.beside("wait-leases"),
    links: draft.beside("set-links"),
  };
  const checks = new Checks(host);
  const wish = (): ClaimedWork => wholeWork(flags, host);
  using state = await checks.make(drafts.links, () => openState(flags, host, wish));
  // Others may work on other nodes while this one waits.
  state?.claims.endTurn();
  const work = await prepareAll(checks, { drafts, flags, host }, state);
  using _log = work?.bmcs.log;
  if (!checks.havePassed() || !work) return;
  if (flags["dry-run"]) return await pretend(work);
  const isWhole = await serveAll(work);
  const isCutOff = !isWhole || host.context.signal.aborted;
  const applied = finish(work);
  const { source } = work.bmcs.password;
  const done = { work: work.links, applied, isCutOff, source };
  await conclude(work, () => addUnserved(drafts.links, done, host));
  const isDone = outcomeOf(draft.document).exit === 0 && !host.context.signal.aborted;
  if (isDone) host.emit({ what: "ready", webRoot: flags["web-root"] });
}

async function prepareAll(
  checks: Checks,
  job: Job,
  state: LinkWork["state"] | undefined,
): Promise<Work | undefined> {
  const { drafts, flags, host } = job;
  await checks.make(drafts.images, () => resolveImages(drafts.images, flags, host));
  const links = await prepareLinks(checks, drafts.links, { flags, state }, host);
  const setter = links && new LinkSetter(links, drafts.links, host);
  const plans = setter && await checks.make(drafts.links, () => setter.plan());
  const sight = await checks.make(drafts.leases, () => checkLeases(flags, host));
  const bmcs = await prepareBmcs(checks, drafts.bmcs, { flags, missing: sight?.missing }, host);
  if (bmcs && setter && plans) return { ...job, bmcs, links, setter, plans };
  bmcs?.log?.[Symbol.dispose]();
  return undefined;
}

async function pretend({ bmcs, setter, plans, drafts, flags, host }: Work): Promise<void> {
  await setBmcs(bmcs, drafts.bmcs, flags, host);
  const { leases, missing } = await checkLeases(flags, host);
  drafts.leases.add({ leases, missing });
  await setter.pretend(plans);
}

/**
 * Sets BMCs and serves nodes as their leases come. What fails is in the document.
 *
 * @returns Whether leases were waited for to the end.
 */
async function serveAll(
  { bmcs, links, setter, plans, drafts, flags, host }: Work,
): Promise<boolean> {
  const { context: { signal }, reporter } = host;
  const report = (draft: Draft, error: unknown): void => {
    if (!signal.aborted) draft.fail(error, reporter);
  };
  const isTold = (): boolean =>
    drafts.bmcs.document.bmcs?.some(({ state }) => state !== "skipped" && state !== "denied") ??
      false;
  const asking = { ...host, emit: givingBack(host.emit, links.state?.claims) };
  const told = setBmcs(bmcs, drafts.bmcs, flags, asking)
    .catch((error) => report(drafts.bmcs, error)).then(isTold);
  const serving = new LeaseServer(setter, plans, host);
  // Where no BMC will be told to ask for a lease, none will come: look once.
  const isIdle = bmcs.password.text === null || bmcs.targets.length === 0;
  let isWhole = true;
  try {
    if (isIdle) {
      await lookForLeases(drafts.leases, flags, host);
      await serving.serve(drafts.leases.document.leases ?? []);
    } else {
      const company = { told, serve: serving.serve, isChecked: true };
      await waitForLeases(drafts.leases, flags, host, company);
    }
    await serving.end();
  } catch (error) {
    isWhole = false;
    report(serving.isServing ? drafts.links : drafts.leases, error);
  }
  await told;
  return isWhole;
}

/** What is over of a BMC is free; so is a node whose BMC requests no lease by itself. */
function givingBack(emit: Listener, claims: Claims | undefined): Listener {
  return (event) => {
    emit(event);
    if (event.what !== "asked") return;
    claims?.free({ bmcs: [event.node], nodes: isHopeless(event) ? [event.node] : [] });
  };
}

function wholeWork(flags: RunFlags, { root }: Host): ClaimedWork {
  const chosen = orElse(() => selectNodes(flags, root).chosen, () => []);
  const names = chosen.map(({ node }) => node);
  return { nodes: names, bmcs: names };
}

/** The work is done whether or not that can be recorded. */
async function conclude({ links, setter }: Work, report: () => string[]): Promise<void> {
  using _turn = await links.state?.claims.turn().catch(onFailure(() => undefined));
  setter.conclude(report());
}

/** Ends the work on nodes, and says what became of it. */
function finish({ links, setter, drafts, flags, host }: Work): Outcomes {
  if (host.context.signal.aborted) return setter.end();
  host.emit({ what: "linking", leases: flags.leases, release: links.scripts.release });
  return setter.end(drafts.links.document.leases ?? []);
}
