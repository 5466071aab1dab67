/**
 * The stage `wait-leases`: waits until every BMC has a lease.
 *
 * @module
 */

import { pathOptions } from "../cli/manual.ts";
import { duration, type Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { FileFollower } from "../io/follow_file.ts";
import { isChosen, NODE_OPTIONS, nodeChoice } from "../nodes/node_choice.ts";
import { readStatics } from "../nodes/read_statics.ts";
import { nodesOf } from "../text/host_name.ts";
import { LeaseBoard } from "./lease_board.ts";
import { leaseProblems } from "./lease_report.ts";
import { currentLeases, leasesSoFar, type Sight } from "./read_leases.ts";

/** Options of the stage. */
export const WAIT_OPTIONS = {
  ...NODE_OPTIONS,
  timeout: duration("Give up after this time; 0 looks once.", "15m"),
  ...pathOptions("statics", "leases"),
};

type WaitFlags = Flags<typeof WAIT_OPTIONS>;

/** How often to look although nothing changed: leases expire. */
const POLL_MS = 1000;
/** How often to repeat the handbook's line. */
const REPEAT_MS = 10_000;

/**
 * Waits for the leases of the chosen BMCs and adds `leases` and `missing`.
 * While it waits, a file of leases that is not there has none: dnsmasq may be
 * set up again meanwhile. A single look needs the file.
 *
 * @throws {Failure} If a file cannot be read.
 */
export async function waitForLeases(draft: Draft, flags: WaitFlags, host: Host): Promise<void> {
  const { root, context } = host;
  const choice = nodeChoice(flags);
  const statics = readStatics(root, flags.statics, choice);
  const expected = statics.bmcs.filter(({ node }) => isChosen(node, choice));
  const isWait = flags.timeout > 0;
  const read = isWait ? leasesSoFar : currentLeases;
  const look = async (): Promise<Sight> => {
    const sight = { isThere: true, ...await read(expected, statics, flags.leases, host) };
    draft.add({ leases: sight.leases, missing: sight.missing });
    return sight;
  };
  // A single look is no wait, and the handbook has no words for it.
  const emit = isWait ? host.emit : () => {};
  const match = await waitUntilAll(look, expected.length, flags, { ...host, emit });
  if (context.signal.aborted) return;
  if (match.missing.length === 0) emit({ what: "leased", expected: expected.length });
  const { bmcs = [] } = draft.document;
  draft.reportAll(leaseProblems(match, { expected, bmcs, isThere: match.isThere, ...flags }));
}

async function waitUntilAll(
  look: () => Promise<Sight>,
  expected: number,
  flags: WaitFlags,
  host: Host,
): Promise<Sight> {
  const { context: { signal, elapsed }, root, emit, waited } = host;
  using follower = new FileFollower(root.real(flags.leases));
  using board = new LeaseBoard(host, { expected, ...flags });
  // Not by the clock on the wall, which somebody may set during an install.
  const end = elapsed() + flags.timeout * 1000 - waited;
  let match = await look();
  emit({ what: "counted", leased: match.leases.length });
  const tell = (): void =>
    emit({
      what: "waiting",
      missing: nodesOf(match.missing),
      leased: match.leases.length,
      expected,
      left: Math.ceil((end - elapsed()) / 1000),
    });
  tell();
  let count = match.leases.length;
  let said = elapsed();
  for (;;) {
    const now = elapsed();
    board.update(match, Math.max(end - now, 0));
    if (match.missing.length === 0 || now >= end || signal.aborted) {
      return match;
    }
    if (match.leases.length !== count || now - said >= REPEAT_MS) {
      tell();
      count = match.leases.length;
      said = now;
    }
    await follower.change(Math.min(POLL_MS, end - now), signal);
    match = await look();
  }
}
