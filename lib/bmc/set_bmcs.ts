/**
 * The stage `bmc-dhcp`: turns BMCs to DHCP.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { hintFor, reasonOf } from "../io/failures.ts";
import { foldHosts } from "../text/host_range.ts";
import { askAll } from "./ask_all.ts";
import { logPath } from "./bmc_log.ts";
import {
  addOutcomes,
  type BmcOutcome,
  consoleProblems,
  faultProblems,
  notSet,
  passwordMissing,
  refusalProblems,
  skipped,
} from "./bmc_report.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { canAsk } from "./get_password.ts";
import { type BmcFlags, type BmcWork, ipmitoolMissing } from "./prepare_bmcs.ts";
import { setBmcToDhcp, type SetOptions } from "./set_bmc_to_dhcp.ts";

/**
 * Turns the chosen BMCs to DHCP and adds `bmcs`. One that fails does not stop
 * the others.
 *
 * @param work What {@linkcode prepareBmcs} has found.
 * @param draft The document.
 * @param flags What was asked for.
 * @param host Where.
 * @throws {Failure} If ipmitool is not there any more.
 */
export async function setBmcs(
  { targets, password, log, ...found }: BmcWork,
  draft: Draft,
  flags: BmcFlags,
  host: Host,
): Promise<void> {
  draft.reportAll(consoleProblems(found, flags));
  const skipAll = (message: string): void =>
    add(draft, targets.map((target) => skipped(target, message)));
  if (targets.length === 0) {
    skipAll("");
    return host.reporter.say("there is no BMC to set");
  }
  const { text, source } = password;
  if (flags["dry-run"] && (text !== null || canAsk(host))) {
    skipAll("dry run");
    const names = foldHosts(targets.map(({ name }) => name));
    return host.reporter.say(`would turn to DHCP${flags.reset ? " and reset" : ""}: ${names}`);
  }
  if (text === null) {
    skipAll("no password");
    host.emit({ what: "no-password" });
    return draft.report(...passwordMissing(source));
  }
  host.emit({
    what: "setting",
    conman: flags.conman,
    nodes: targets.map(({ node }) => node),
  });
  await setAll(targets, draft, host, {
    fanout: flags.fanout,
    keepGoing: flags["keep-going"],
    password: text,
    source,
    path: host.context.env("PATH"),
    ignoresHangup: host.context.ignoresHangup ?? false,
    cipher: flags.cipher,
    channel: flags.channel,
    reset: flags.reset,
    timeout: flags["bmc-timeout"],
    signal: host.context.signal,
    log: (target, line) => log?.add(target, line),
  });
  if (log && log.fault !== null) reportLog(draft, flags, log.fault);
}

function reportLog(draft: Draft, { "log-dir": directory }: BmcFlags, error: unknown): void {
  const path = logPath(directory);
  draft.report("log-unwritable", {
    message: `what ipmitool says is not logged: ${path}: ${reasonOf(error)}`,
    hint: hintFor(path, error, {
      hint: "name another directory with --log-dir",
      isSure: true,
    }),
  });
}

async function setAll(
  targets: readonly BmcTarget[],
  draft: Draft,
  { context, reporter, emit }: Host,
  { fanout, keepGoing, source, ...options }: Omit<SetOptions, "onOpen"> & {
    fanout: number;
    keepGoing: boolean;
    source: string;
  },
): Promise<void> {
  const outcomes = new Map<BmcTarget, BmcOutcome>();
  const pace = { fanout, keepGoing, signal: options.signal, elapsed: context.elapsed };
  let refused: readonly string[] | null = null;
  try {
    refused = await askAll(targets, pace, async (target, onOpen) => {
      const begin = context.elapsed();
      const { node, address } = target;
      emit({ what: "asking", node, address });
      const result = await attempt(target, { ...options, onOpen });
      const seconds = Math.round(context.elapsed() - begin) / 1000;
      outcomes.set(target, { target, result, seconds });
      const { state, message } = result;
      // Before the event: with the last one it is said how many are set.
      reporter.detail(`${target.name} (${target.address}): ${result.state} after ${seconds} s`);
      emit({ what: "asked", node, address, state, message, seconds });
      return result.state;
    });
  } finally {
    const why = refused ? "not asked: the first ones refused the password" : "not tried";
    add(draft, targets.map((target) => outcomes.get(target) ?? skipped(target, why)));
  }
  const seen = [...outcomes.values()];
  if (refused === null) return draft.reportAll(faultProblems(seen, source));
  const others = targets.length - seen.length;
  draft.reportAll(refusalProblems(refused, { asked: seen, others, source }));
}

async function attempt(target: BmcTarget, options: SetOptions): Promise<BmcOutcome["result"]> {
  try {
    return await setBmcToDhcp(target, options);
  } catch (error) {
    // Deno says NotCapable where the search path had none when we started.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      throw ipmitoolMissing(error);
    }
    return notSet(
      "failed",
      `ipmitool could not be started: ${reasonOf(error)}`,
      "if it says too many open files: lower --fanout, or raise ulimit -n",
    );
  }
}

function add(draft: Draft, outcomes: readonly BmcOutcome[]): void {
  draft.add({ bmcs: addOutcomes(draft.document.bmcs, outcomes) });
}
