/**
 * The stage `wait-leases`: waits until every BMC has a lease.
 *
 * @module
 */

import { isChosen, NODE_OPTIONS, nodeChoice } from "../nodes/node_choice.ts";
import { pathOptions } from "../cli/manual.ts";
import { nodeOf, nodesOf } from "../text/host_name.ts";
import { foldHosts } from "../text/host_range.ts";
import type { Lease } from "./leases.ts";
import type { LeaseMatch } from "./match_leases.ts";
import { duration, type Flags } from "../cli/options.ts";
import { printable } from "../text/printable.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import type { Draft } from "../command/draft.ts";
import { FileFollower } from "../io/follow_file.ts";
import type { Host } from "../command/host.ts";
import { LeaseBoard } from "./lease_board.ts";
import { currentLeases } from "./read_leases.ts";
import { readStatics } from "../nodes/read_statics.ts";

/** Options of the stage. */
export const WAIT_OPTIONS = {
  ...NODE_OPTIONS,
  timeout: duration("Give up after this time; 0 looks once.", "15m"),
  ...pathOptions("statics", "leases"),
};

type WaitFlags = Flags<typeof WAIT_OPTIONS>;

/** How often to look although nothing changed: leases end by themselves. */
const POLL_MS = 1000;
/** How often to repeat the handbook's line. */
const REPEAT_MS = 10_000;
/** More strangers than this say nothing about a mistyped MAC. */
const MOST_STRANGERS = 20;

/**
 * Waits for the leases of the chosen BMCs and adds `leases` and `missing`.
 *
 * @throws {Failure} If a file cannot be read.
 */
export async function waitForLeases(
  draft: Draft,
  flags: WaitFlags,
  host: Host,
): Promise<void> {
  const { root, context } = host;
  const choice = nodeChoice(flags);
  const statics = readStatics(root, flags.statics, choice);
  const expected = statics.bmcs.filter(({ node }) => isChosen(node, choice));
  const look = async (): Promise<LeaseMatch> => {
    const match = await currentLeases(expected, statics, flags.leases, host);
    draft.add({ leases: match.leases, missing: match.missing });
    return match;
  };
  // A single look is no wait, and the handbook has no words for it.
  const emit = flags.timeout > 0 ? host.emit : () => {};
  const match = await waitUntilAll(look, expected.length, flags, { ...host, emit });
  if (context.signal.aborted) return;
  if (match.missing.length === 0) emit({ what: "leased", expected: expected.length });
  else reportMissing(match, expected, draft, flags);
  reportStrangers(match, draft, flags);
}

async function waitUntilAll(
  look: () => Promise<LeaseMatch>,
  expected: number,
  flags: WaitFlags,
  host: Host,
): Promise<LeaseMatch> {
  const { context: { signal, elapsed }, root, emit } = host;
  using follower = new FileFollower(root.real(flags.leases));
  using board = new LeaseBoard(host, expected);
  // Not by the clock on the wall, which somebody may set during an install.
  const end = elapsed() + flags.timeout * 1000;
  let match = await look();
  emit({ what: "counted", leased: match.leases.length });
  emit({ what: "waiting", expected });
  let count = match.leases.length;
  let said = elapsed();
  for (;;) {
    const now = elapsed();
    board.update(match, Math.max(end - now, 0));
    if (match.missing.length === 0 || now >= end || signal.aborted) {
      return match;
    }
    if (match.leases.length !== count || now - said >= REPEAT_MS) {
      emit({ what: "waiting", expected });
      count = match.leases.length;
      said = now;
    }
    await follower.change(Math.min(POLL_MS, end - now), signal);
    match = await look();
  }
}

function reportMissing(
  { missing }: LeaseMatch,
  expected: readonly StaticBmc[],
  draft: Draft,
  { timeout }: WaitFlags,
): void {
  const seen = new Map(draft.document.bmcs?.map(({ name, state }) => [name, state]));
  const byName = new Map(expected.map((bmc) => [bmc.name, bmc]));
  const lines = missing.map((name) => {
    const bmc = byName.get(name);
    const state = seen.get(name);
    return `${name} (MAC ${bmc?.mac ?? "unknown"}, address ${bmc?.ip ?? "unknown"}${
      state ? `, bmc-dhcp: ${state}` : ""
    })`;
  });
  const waited = timeout > 0 ? ` after ${timeout} s` : "";
  const nodes = nodesOf(missing);
  draft.report("leases-missing", {
    message: `${missing.length} of ${expected.length} BMCs have no lease${waited}:${
      inLines(lines)
    }`,
    hint: `check power and cabling; restart them: pitboot bmc-dhcp --reset --nodes ${
      foldHosts(nodes)
    }`,
    nodes,
  });
}

/**
 * Names leases that nobody expected: all of them while BMCs are missing, and
 * always those of machines that call themselves a BMC.
 */
function reportStrangers(
  { missing, unexpected }: LeaseMatch,
  draft: Draft,
  { leases }: WaitFlags,
): void {
  const strangers = unexpected
    .filter(({ hostname }) => missing.length > 0 || nodeOf(hostname?.toLowerCase() ?? ""));
  if (strangers.length === 0) return;
  const more = strangers.length - MOST_STRANGERS;
  const words = strangers.slice(0, MOST_STRANGERS).map(describe);
  draft.report("leases-unexpected", {
    message: `nobody expected these leases of ${leases}:${
      inLines(more > 0 ? [...words, `and ${more} more`] : words)
    }`,
    hint: missing.length > 0
      ? `if one of them is a BMC from ${foldHosts(missing)}, its MAC in statics.conf is mistyped`
      : "statics.conf does not know them, so they get no boot directory",
  });
}

/** One in the same line, several below each other. */
function inLines(items: readonly string[]): string {
  return items.length > 1 ? items.map((item) => `\n    ${item}`).join("") : ` ${items.join("")}`;
}

function describe({ mac, ip, hostname }: Lease): string {
  return `${mac} ${ip}${hostname === null ? "" : ` (${printable(hostname, 63)})`}`;
}
