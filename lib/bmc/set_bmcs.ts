/**
 * The stage `bmc-dhcp`: switches BMCs to DHCP.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { Bmc, BmcReason } from "../document/document.ts";
import type { Context } from "../io/context.ts";
import { hintFor, isNoProgram, reasonOf } from "../io/failures.ts";
import { foldHosts } from "../text/host_range.ts";
import { askAll } from "./ask_all.ts";
import { logPath } from "./bmc_log.ts";
import { addBmcs, bmcOf, consoleProblems, faultProblems, passwordMissing } from "./bmc_report.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { found } from "./finding.ts";
import { canAsk } from "./get_password.ts";
import { IpmitoolShell } from "./ipmitool_shell.ts";
import { type BmcFlags, type BmcWork, ipmitoolMissing } from "./prepare_bmcs.ts";
import { refusalProblems } from "./refusal_report.ts";
import { setBmcToDhcp, type SetOptions } from "./set_bmc_to_dhcp.ts";

/**
 * Switches the chosen BMCs to DHCP and adds `bmcs`. One that fails does not stop
 * the others.
 *
 * @param work What {@linkcode prepareBmcs} has found.
 * @param draft The document.
 * @param flags What was asked for.
 * @param host Whom to tell, and what the options do not say.
 * @throws {Failure} If ipmitool does not exist any more.
 */
export async function setBmcs(
  work: BmcWork,
  draft: Draft,
  flags: BmcFlags,
  host: Host,
): Promise<void> {
  const { targets, password, log } = work;
  draft.reportAll(consoleProblems(work, flags));
  const skipAll = (reason: BmcReason): void =>
    addBmcs(draft, targets.map((target) => bmcOf(target, found(reason))));
  if (targets.length === 0) {
    addBmcs(draft, []);
    return host.reporter.say("there are no BMCs to switch to DHCP");
  }
  if (flags["dry-run"] && (password.text !== null || canAsk(host))) {
    skipAll("dry-run");
    const names = foldHosts(targets.map(({ name }) => name));
    return host.reporter.say(`would switch to DHCP${flags.reset ? " and reset" : ""}: ${names}`);
  }
  if (password.text === null) {
    skipAll("no-password");
    host.emit({ what: "no-password" });
    return draft.report(...passwordMissing(password.source));
  }
  host.emit({
    what: "setting",
    conman: flags.conman,
    nodes: targets.map(({ node }) => node),
  });
  await setAll(work, draft, flags, host);
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

/** The options that are the same for all BMCs. */
function commonOptions(
  { password }: BmcWork,
  flags: BmcFlags,
  { env, signal, later, listen }: Context,
): Omit<SetOptions, "onOpen" | "log"> {
  return {
    password: password.text ?? "",
    path: env("PATH"),
    ...listen(),
    cipher: flags.cipher,
    channel: flags.channel,
    reset: flags.reset,
    timeout: flags["bmc-timeout"],
    signal,
    later,
    open: (target, options) => new IpmitoolShell(target, options),
  };
}

async function setAll(
  work: BmcWork,
  draft: Draft,
  flags: BmcFlags,
  { context, reporter, emit }: Host,
): Promise<void> {
  const { targets, password: { source }, log } = work;
  const { signal, elapsed, later } = context;
  const options = commonOptions(work, flags, context);
  const seen = new Map<BmcTarget, Bmc>();
  const pace = { fanout: flags.fanout, keepGoing: flags["keep-going"], signal, elapsed, later };
  let refused: readonly string[] | null = null;
  try {
    refused = await askAll(targets, pace, async (target, onOpen) => {
      const begin = elapsed();
      const { name, node, address } = target;
      emit({ what: "asking", node, address });
      const tell = (line: string): void => log?.add(target, line);
      const result = await setOne(target, { ...options, onOpen, log: tell });
      const seconds = Math.round(elapsed() - begin) / 1000;
      seen.set(target, { ...result, seconds });
      const { state, reason = null, message } = result;
      // Before the event: with the last one it is said how many are set.
      reporter.detail(`${name} (${address}): ${state} after ${seconds} s`);
      emit({ what: "asked", node, address, state, reason, message, seconds });
      return state;
    });
  } finally {
    const why = refused ? "not-asked" : "not-tried";
    addBmcs(draft, targets.map((target) => seen.get(target) ?? bmcOf(target, found(why))));
  }
  const asked = [...seen.values()];
  const others = targets.length - asked.length;
  draft.reportAll(
    refused
      ? refusalProblems(refused, { asked, others, password: source })
      : faultProblems(asked, source),
  );
}

async function setOne(target: BmcTarget, options: SetOptions): Promise<Bmc> {
  try {
    return await setBmcToDhcp(target, options);
  } catch (error) {
    if (isNoProgram(error)) throw ipmitoolMissing(error);
    return bmcOf(target, found("not-started", `ipmitool could not be started: ${reasonOf(error)}`));
  }
}
