/**
 * Turns one BMC to DHCP: check, set, check, in one session.
 *
 * @module
 */

import type { BmcState } from "../document/document.ts";
import type { BmcResult } from "./bmc_report.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import {
  answeredLate,
  CHANNEL_INFO,
  COLD_RESET,
  faultOf,
  getAddressSource,
  parseAddressSource,
  parseChannelInfo,
  refusedCipher,
  setAddressSourceDhcp,
} from "./ipmi.ts";
import { IpmitoolShell, SessionLost, type SessionOptions } from "./ipmitool_shell.ts";

/** How to turn BMCs to DHCP. */
export interface SetOptions extends Pick<SessionOptions, "password" | "path"> {
  /** Cipher suites, tried in turn. */
  readonly ciphers: readonly number[];
  /** The LAN channel; `null`: the one that the session runs on. */
  readonly channel: number | null;
  /** Restart the BMC afterwards. */
  readonly reset: boolean;
  /** Seconds for all of it. */
  readonly timeout: number;
  /** Aborted at ^C. */
  readonly signal: AbortSignal;
  /** Takes what was said, for the log. */
  log(target: BmcTarget, text: string): void;
}

/** Seconds until a question is asked again: enough for all but a few BMCs. */
const PATIENCE = 1;
/** For those few. */
const MORE_PATIENCE = 5;

/** What is known so far, should the session end at any moment. */
interface Progress {
  channel: number | null;
  hasWritten: boolean;
}

/**
 * Turns a BMC to DHCP, unless it is on DHCP already.
 *
 * @param target Which BMC.
 * @param options How.
 * @returns What became of it; a BMC that cannot be set is not an error.
 * @throws {Deno.errors.NotFound} If there is no ipmitool.
 */
export async function setBmcToDhcp(target: BmcTarget, options: SetOptions): Promise<BmcResult> {
  const result = await attemptAll(target, options);
  // It may quote ipmitool.
  const message = result.message?.replaceAll(options.password, "********") ?? null;
  return { ...result, message };
}

async function attemptAll(target: BmcTarget, options: SetOptions): Promise<BmcResult> {
  const deadline = AbortSignal.timeout(options.timeout * 1000);
  const signal = AbortSignal.any([deadline, options.signal]);
  const attempts = options.ciphers.map((cipher) => ({ cipher, patience: PATIENCE }));
  let said = "";
  for (let attempt; (attempt = attempts.shift());) {
    const progress: Progress = { channel: options.channel, hasWritten: false };
    await using shell = IpmitoolShell.start(target, { ...options, ...attempt, signal });
    try {
      return await converse(shell, target, options, progress);
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error;
      said = shell.said || error.message;
      if (options.signal.aborted) return lost(progress, "skipped", "interrupted");
      if (deadline.aborted) {
        return lost(progress, "unreachable", `no answer within ${options.timeout} s`);
      }
      if (progress.hasWritten) return lost(progress, "unknown", "");
      if (answeredLate(said) && attempt.patience < MORE_PATIENCE) {
        attempts.unshift({ ...attempt, patience: MORE_PATIENCE });
      } else if (!refusedCipher(said)) break;
    } finally {
      options.log(target, `cipher suite ${attempt.cipher}\n${shell.said}`);
    }
  }
  return { ...faultOf(said), channel: options.channel };
}

/** Check, set, check. */
async function converse(
  shell: IpmitoolShell,
  target: BmcTarget,
  { channel: given, reset, log }: SetOptions,
  progress: Progress,
): Promise<BmcResult> {
  const ask = async (command: string): Promise<string> => {
    const reply = await shell.ask(command);
    log(target, `> ${command}\n${reply}`);
    // A BMC that does not answer one question will not answer the next.
    if (await shell.isUnanswered(reply)) throw new SessionLost("no answer");
    return reply;
  };
  await shell.ready();
  const channel = given ?? parseChannelInfo(await ask(CHANNEL_INFO));
  if (channel === null) {
    if (answeredLate(shell.said)) throw new SessionLost("no answer in time");
    return {
      ...result("failed", null, "the BMC does not say which LAN channel this is"),
      hint: "name it with --channel: 1 on most, 3 on Intel, 2 on some HP and Fujitsu",
    };
  }
  progress.channel = channel;
  const before = parseAddressSource(await ask(getAddressSource(channel)));
  if (before === null) {
    const { state, message, hint } = faultOf(shell.said);
    return { state, channel, message: `channel ${channel}: ${message}`, hint };
  }
  if (before !== "dhcp") {
    progress.hasWritten = true;
    for (const command of setAddressSourceDhcp(channel)) await ask(command);
    const after = parseAddressSource(await ask(getAddressSource(channel)));
    if (after === null) return lost(progress, "unknown", "");
    if (after !== "dhcp") {
      return {
        ...result("failed", channel, "the BMC accepted the setting and did not keep it"),
        hint: "restart it: pitboot bmc-dhcp --reset; or set it in its web interface",
      };
    }
  }
  if (reset) await ask(COLD_RESET);
  const state = before === "dhcp" ? "already" : "changed";
  return result(state, channel, reset ? "cold reset" : null);
}

function result(state: BmcState, channel: number | null, message: string | null): BmcResult {
  return { state, channel, message, hint: null };
}

/** The session ended too early. After the write only the lease tells. */
function lost({ channel, hasWritten }: Progress, state: BmcState, message: string): BmcResult {
  if (!hasWritten) {
    return {
      ...result(state, channel, message),
      hint: "check cable, power and address, or give it more time: --bmc-timeout",
    };
  }
  return {
    ...result("unknown", channel, "the session was lost after the setting was sent"),
    hint: "its lease decides: pitboot wait-leases",
  };
}
