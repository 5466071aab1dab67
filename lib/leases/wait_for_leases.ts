/**
 * The stage `wait-leases`: waits until every BMC has a lease.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { pathOptions } from "../cli/manual.ts";
import { duration, type Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { Bmc } from "../document/document.ts";
import { FileFollower } from "../io/follow_file.ts";
import { NODE_OPTIONS } from "../nodes/node_choice.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import { staticsProblems } from "../nodes/statics_report.ts";
import { areHopeless } from "./hopeless.ts";
import type { Sight } from "./changed_leases.ts";
import { leaseProblems } from "./lease_report.ts";
import { type Company, LeaseWait } from "./lease_wait.ts";
import { currentLeases, leasesSoFar } from "./read_leases.ts";
import { ReplacedLeases } from "./replaced_leases.ts";

/** Options of a look at the leases. */
const LOOK_OPTIONS = { ...NODE_OPTIONS, ...pathOptions("statics", "leases") };

/** Options of the stage. */
export const WAIT_OPTIONS = {
  ...LOOK_OPTIONS,
  timeout: duration("Stop waiting after this time; 0 checks once.", "15m"),
  grace: duration(
    "Stop early after this time without a change if none of the missing BMCs could be switched to DHCP.",
    "60s",
  ),
};

type WaitFlags = Flags<typeof WAIT_OPTIONS>;

const ALONE: Company = { told: Promise.resolve(true), serve: () => Promise.resolve() };

/**
 * Makes sure that leases can be waited for: their directory must exist, and their file
 * must be readable if it exists.
 *
 * @returns Who has a lease by now.
 * @throws {Failure} If it is not so.
 */
export async function checkLeases(flags: Flags<typeof LOOK_OPTIONS>, host: Host): Promise<Sight> {
  const hint = "dnsmasq writes the leases: is it installed? Or name the file with --leases";
  host.root.checkDirectory(dirname(flags.leases), hint);
  return await leasesSoFar({ ...flags, ...selectNodes(flags, host.root) }, host);
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
 * While it waits, a file of leases that does not exist has none: dnsmasq may be
 * set up again meanwhile; one that cannot be read later on is looked at again until the
 * time is over. A single look needs the file.
 *
 * @param draft The document; with `bmcs` it is known when the wait is hopeless.
 * @param flags What was asked for.
 * @param host The clock, the file system, and who is told of the wait.
 * @param company Work that goes on during the wait.
 * @throws {Failure} If a file cannot be read.
 * @throws What serving throws.
 */
export async function waitForLeases(
  draft: Draft,
  flags: WaitFlags,
  host: Host,
  company: Company = ALONE,
): Promise<void> {
  const query = { ...flags, ...selectNodes(flags, host.root) };
  const { statics, choice, chosen, leases } = query;
  draft.reportAll(staticsProblems(statics, choice, flags.statics));
  const isWait = flags.timeout > 0;
  const replaced = new ReplacedLeases(leases, host, draft);
  const look = async (): Promise<Sight> => {
    const sight = isWait
      ? await leasesSoFar(query, host)
      : { ...await currentLeases(query, host), isThere: true };
    draft.add({ leases: sight.leases, missing: sight.missing });
    if (isWait) await replaced.look();
    return sight;
  };
  // A single look is no wait, and the handbook has no words for it.
  const emit = isWait ? host.emit : () => {};
  const bmcs = (): readonly Bmc[] => draft.document.bmcs ?? [];
  if (isWait) host.context.runAhead();
  using follower = new FileFollower(host.root, leases);
  const last = await new LeaseWait({
    ...flags,
    look,
    cannotLook: (message) => host.reporter.say(`${message}; pitboot looks again`),
    follower,
    company,
    areHopeless: (missing) => areHopeless(missing, bmcs()),
  }, { ...host, emit }).untilAll();
  if (host.context.signal.aborted) return;
  if (last.missing.length === 0) emit({ what: "leased", expected: chosen.length });
  else await replaced.conclude();
  draft.reportAll(leaseProblems({ ...last, expected: chosen, bmcs: bmcs(), path: leases }));
}
