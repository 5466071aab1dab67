/**
 * Sessions with all BMCs, and what came of them.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { Bmc } from "../document/document.ts";
import type { Context } from "../io/context.ts";
import { codeOf, isNoProgram, reasonOf } from "../io/failures.ts";
import { askAll, NoRoom, type Turn } from "./ask_all.ts";
import {
  addBmcs,
  bmcOf,
  curlMissing,
  faultProblems,
  ipmiProblems,
  ipmitoolHangs,
} from "./bmc_report.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { found } from "./finding.ts";
import { IpmitoolShell } from "./ipmitool_shell.ts";
import { ByRedfish, type OtherWay } from "./other_way.ts";
import { type BmcFlags, type BmcWork, ipmitoolMissing } from "./prepare_bmcs.ts";
import { refusalProblems } from "./refusal_report.ts";
import { sessionRoom } from "./session_room.ts";
import { setBmcToDhcp, type SetOptions } from "./set_bmc_to_dhcp.ts";

/** The options that are the same for all BMCs. */
function commonOptions(
  { password }: BmcWork,
  flags: BmcFlags,
  { env, signal, later, listen }: Context,
): Omit<SharedOptions, "otherWay"> {
  return {
    password: password.text ?? "",
    path: env("PATH"),
    ...listen(),
    cipher: flags.cipher,
    channel: flags.channel,
    reset: flags.reset,
    onlyIpmi: flags["enable-ipmi"],
    timeout: flags["bmc-timeout"],
    signal,
    later,
    open: (target, options) => new IpmitoolShell(target, options),
  };
}

type SharedOptions = Omit<SetOptions, "onOpen" | "onHang" | "log" | "mayTry">;

/** Redfish, for those whose IPMI is off; that there is no curl is said once. */
function otherWayOf(
  options: Omit<SharedOptions, "otherWay">,
  draft: Draft,
  { pins, flags }: Pick<BmcWork, "pins"> & { readonly flags: BmcFlags },
): OtherWay {
  let isMissing = false;
  const onMissing = (): void => {
    if (!isMissing) draft.report(...curlMissing());
    isMissing = true;
  };
  const more = { mode: flags.redfish, pit: flags["pit-node"], pins, onMissing };
  return new ByRedfish({ ...options, ...more });
}

/**
 * Asks the chosen BMCs to use DHCP, many at once, and adds `bmcs`.
 *
 * @param work What {@linkcode prepareBmcs} has found, with a password.
 * @param draft The document.
 * @param flags What was asked for.
 * @param host Whom to tell, and what the options do not say.
 * @throws {Failure} If ipmitool does not exist any more.
 */
export async function askBmcs(
  work: BmcWork,
  draft: Draft,
  flags: BmcFlags,
  { context, reporter, emit }: Host,
): Promise<void> {
  const { targets, password: { source }, log } = work;
  const { signal, elapsed, later } = context;
  const common = commonOptions(work, flags, context);
  const options = { ...common, otherWay: otherWayOf(common, draft, { pins: work.pins, flags }) };
  const seen = new Map<BmcTarget, Bmc>();
  const begun = new Set<BmcTarget>();
  const fanout = await sessionRoom(Math.min(flags.fanout, targets.length));
  const pace = { fanout, keepGoing: flags["keep-going"], signal, elapsed, later };
  let refused: readonly string[] | null = null;
  try {
    refused = await askAll(targets, pace, async (target, turn) => {
      const begin = elapsed();
      const { name, node, address } = target;
      if (!begun.has(target)) emit({ what: "asking", node, address });
      begun.add(target);
      const tell = (line: string): void => log?.add(target, line);
      const onHang = (pid: number): void => draft.report(...ipmitoolHangs(target, pid));
      const found = await setOne(target, { ...options, ...turn, onHang, log: tell });
      const result = flags["enable-ipmi"] ? { ...found, goal: "ipmi" } as const : found;
      // As if it had not been begun: others refuse the password.
      if (result.reason === "not-asked") return result.state;
      const seconds = Math.round(elapsed() - begin) / 1000;
      seen.set(target, { ...result, seconds });
      const { state, reason = null, by = null, message } = result;
      // Before the event: with the last one it is said how many are set.
      reporter.detail(`${name} (${address}): ${state} after ${seconds} s`);
      emit({ what: "asked", node, address, state, reason, by, message, seconds });
      return state;
    });
  } finally {
    const why = refused ? "not-asked" : "not-tried";
    addBmcs(draft, targets.map((target) => seen.get(target) ?? bmcOf(target, found(why))));
  }
  const asked = [...seen.values()];
  const others = targets.length - asked.length;
  draft.reportAll(ipmiProblems(asked));
  draft.reportAll(
    refused
      ? refusalProblems(refused, { asked, others, password: source })
      : faultProblems(asked, source),
  );
}

async function setOne(target: BmcTarget, options: SetOptions & Turn): Promise<Bmc> {
  try {
    return await setBmcToDhcp(target, options);
  } catch (error) {
    if (isNoProgram(error)) throw ipmitoolMissing(error);
    if (codeOf(error) === "EMFILE" && !options.isAlone()) throw new NoRoom();
    return bmcOf(target, found("not-started", `ipmitool could not be started: ${reasonOf(error)}`));
  }
}
