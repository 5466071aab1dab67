/**
 * The stage `wait-leases`: waits until every BMC has a lease.
 *
 * @module
 */

import { pathOptions } from "../cli/manual.ts";
import { duration, type Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { BmcLease } from "../document/document.ts";
import { FileFollower } from "../io/follow_file.ts";
import { isChosen, NODE_OPTIONS, nodeChoice } from "../nodes/node_choice.ts";
import { readStatics } from "../nodes/read_statics.ts";
import type { StaticBmc, Statics } from "../nodes/statics.ts";
import { staticsProblems } from "../nodes/statics_report.ts";
import { nodesOf } from "../text/host_name.ts";
import { areHopeless } from "./hopeless.ts";
import { changedLeases, type Sight } from "./changed_leases.ts";
import { leaseProblems } from "./lease_report.ts";
import { currentLeases, leasesSoFar } from "./read_leases.ts";
import { WaitClock } from "./wait_clock.ts";

/** Options of a look at the leases. */
export const LOOK_OPTIONS = { ...NODE_OPTIONS, ...pathOptions("statics", "leases") };

/** Options of the stage. */
export const WAIT_OPTIONS = {
  ...LOOK_OPTIONS,
  timeout: duration("Give up after this time; 0 looks once.", "15m"),
  grace: duration(
    "Give up after this time without news if no BMC that is missing could be set.",
    "60s",
  ),
};

type WaitFlags = Flags<typeof WAIT_OPTIONS>;

/** Who does something meanwhile. */
export interface Company {
  /**
   * When all BMCs were told to ask for a lease: the time runs from then on. Whether
   * one was told: else none will ask.
   */
  readonly told: Promise<boolean>;
  /** Is handed the leases at each look, and is waited for. */
  serve(leases: readonly BmcLease[]): Promise<void>;
}

/** How often to look although nothing changed: leases expire. */
const POLL_MS = 1000;
/** How often to repeat the handbook's line. */
const REPEAT_MS = 10_000;

const NOBODY: Company = { told: Promise.resolve(true), serve: () => Promise.resolve() };

/**
 * Finds the BMCs that should have a lease: those of the chosen nodes.
 *
 * @throws {Failure} If statics.conf cannot be read, or does not know a node.
 */
export function expectedBmcs(
  flags: Flags<Omit<typeof LOOK_OPTIONS, "leases">>,
  { root }: Pick<Host, "root">,
): { readonly statics: Statics; readonly expected: readonly StaticBmc[] } {
  const choice = nodeChoice(flags);
  const statics = readStatics(root, flags.statics, choice);
  return { statics, expected: statics.bmcs.filter(({ node }) => isChosen(node, choice)) };
}

/**
 * Looks once who of the chosen BMCs has a lease and adds `leases` and `missing`.
 *
 * @throws {Failure} If a file cannot be read.
 */
export async function lookForLeases(
  draft: Draft,
  flags: Flags<typeof LOOK_OPTIONS>,
  host: Host,
): Promise<void> {
  await waitForLeases(draft, { ...flags, timeout: 0, grace: 0 }, host);
}

/**
 * Waits for the leases of the chosen BMCs and adds `leases` and `missing`.
 * While it waits, a file of leases that is not there has none: dnsmasq may be
 * set up again meanwhile. A single look needs the file.
 *
 * @param draft The document; with `bmcs` it is known when the wait is hopeless.
 * @param flags What was asked for.
 * @param host Where.
 * @param company Who does something meanwhile, if anybody.
 * @throws {Failure} If a file cannot be read.
 * @throws What serving throws.
 */
export async function waitForLeases(
  draft: Draft,
  flags: WaitFlags,
  host: Host,
  company: Company = NOBODY,
): Promise<void> {
  const { context } = host;
  const { statics, expected } = expectedBmcs(flags, host);
  draft.reportAll(staticsProblems(statics, nodeChoice(flags), flags.statics));
  const isWait = flags.timeout > 0;
  const read = isWait ? leasesSoFar : currentLeases;
  const look = async (): Promise<Sight> => {
    const sight = { isThere: true, ...await read(expected, statics, flags.leases, host) };
    draft.add({ leases: sight.leases, missing: sight.missing });
    return sight;
  };
  // A single look is no wait, and the handbook has no words for it.
  const emit = isWait ? host.emit : () => {};
  const end = await waitUntilAll(look, { draft, flags, company }, { ...host, emit });
  if (context.signal.aborted) return;
  if (end.missing.length === 0) emit({ what: "leased", expected: expected.length });
  const { bmcs = [] } = draft.document;
  draft.reportAll(leaseProblems(end, { ...end, expected, bmcs, leases: flags.leases }));
}

/** The last look, and what came before it. */
interface End extends Sight {
  /** How many seconds BMCs had after they were told. */
  readonly seconds: number;
  /** Whether there were leases, and all of them have ended. */
  readonly areGone: boolean;
}

async function waitUntilAll(
  look: () => Promise<Sight>,
  { draft, flags, company }: { draft: Draft; flags: WaitFlags; company: Company },
  host: Host,
): Promise<End> {
  const { context: { signal, elapsed }, root, emit } = host;
  using follower = new FileFollower(root.real(flags.leases));
  const clock = new WaitClock(company, flags, host);
  // When all were told it is time for a look, too.
  const earlier = AbortSignal.any([signal, clock.whenTold]);
  let before: Sight | null = null;
  let hadLeases = false;
  let said = elapsed();
  for (;;) {
    const sight: Sight = await look();
    hadLeases ||= sight.leases.length > 0;
    const changes = changedLeases(before, sight, flags.leases);
    for (const change of changes) emit(change);
    if (changes.length > 0) clock.hearNews();
    if (before === null) emit({ what: "counted", leased: sight.leases.length });
    const isAll = sight.missing.length === 0;
    const isTimeToSay = !isAll && (changes.length > 0 || elapsed() - said >= REPEAT_MS);
    if (before === null || isTimeToSay) {
      emit({ what: "waiting", ...countsOf(sight), left: clock.secondsLeft() });
      said = elapsed();
    }
    before = sight;
    await company.serve(sight.leases);
    const { bmcs = [] } = draft.document;
    const isHopeless = !isAll &&
      (clock.isPointless || (clock.isWithoutNews && areHopeless(sight.missing, bmcs)));
    if (isHopeless) {
      const seconds = clock.isPointless ? 0 : flags.grace;
      emit({ what: "hopeless", nodes: nodesOf(sight.missing), seconds });
    }
    if (isAll || isHopeless || signal.aborted || clock.isOver) {
      const areGone = hadLeases && sight.leases.length === 0;
      return { ...sight, areGone, seconds: clock.secondsWaited() };
    }
    await follower.change(Math.min(POLL_MS, clock.untilOver), clock.isRunning ? signal : earlier);
  }
}

function countsOf({ leases, missing }: Sight): {
  missing: string[];
  leased: number;
  expected: number;
} {
  const [leased, lacking] = [leases.length, missing.length];
  return { missing: nodesOf(missing), leased, expected: leased + lacking };
}
