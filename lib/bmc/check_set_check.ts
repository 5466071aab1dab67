/**
 * What is done in a session: look, set, look again.
 *
 * @module
 */

import type { BmcState } from "../document/document.ts";
import { type Progress, refused, Talk, type Trouble } from "./bmc_talk.ts";
import {
  codeWords,
  COLD_RESET,
  getChannelInfo,
  getSetInProgress,
  INSUFFICIENT_PRIVILEGE,
  isSetInProgress,
  parseChannelInfo,
  setAddressSourceDhcp,
  THIS_CHANNEL,
} from "./ipmi.ts";
import type { IpmitoolShell } from "./ipmitool_shell.ts";

/** Where the session's own channel cannot be asked for: most, Intel, HP and Fujitsu. */
const USUAL_CHANNELS = [1, 3, 2];

/**
 * Turns a BMC to DHCP in an open session, unless it is on DHCP already.
 *
 * @param shell The session.
 * @param options `channel`: if it is known; `reset`: whether to restart the BMC
 * afterwards; `signal`: ends all patience.
 * @param progress What earlier sessions have done; what is known is kept there.
 * @returns What became of it.
 * @throws {SessionLost} If the BMC answers no more, or time is over.
 */
export async function checkSetCheck(
  shell: IpmitoolShell,
  options: { channel: number | null; reset: boolean; signal: AbortSignal },
  progress: Progress,
): Promise<Trouble> {
  const talk = new Talk(shell, options.signal, progress);
  const channel = options.channel ?? await findChannel(talk);
  if (channel === null) return NO_CHANNEL;
  progress.channel = channel;
  const before = await talk.read(channel);
  if (typeof before !== "string") return refusedRead(channel, before);
  // Somebody was cut off, perhaps we: what it shows it may not have acted on.
  if (before === "dhcp" && !progress.hasWritten) {
    const answer = await talk.mention(getSetInProgress(channel));
    progress.hasWritten = answer.kind === "data" && isSetInProgress(answer.data);
  }
  const state = before === "dhcp" && !progress.hasWritten ? "already" : "changed";
  if (before !== "dhcp") {
    const refusal = await write(talk, channel, progress);
    if (refusal) return refusal;
    await talk.readsDhcp(channel);
  }
  if (state === "changed" && !progress.hasCommitted) await commit(talk, channel, progress);
  progress.trouble = null;
  return options.reset ? await reset(talk, state) : { state, message: null, hint: null };
}

const NO_CHANNEL: Trouble = {
  state: "failed",
  message: "the BMC does not say which LAN channel this is",
  hint: "name it with --channel: 1 on most, 3 on Intel, 2 on some HP and Fujitsu",
};

async function findChannel(talk: Talk): Promise<number | null> {
  for (const channel of [THIS_CHANNEL, ...USUAL_CHANNELS]) {
    const answer = await talk.persist(getChannelInfo(channel));
    const found = answer.kind === "data" ? parseChannelInfo(answer.data) : null;
    if (found !== null) return found;
  }
  return null;
}

function refusedRead(channel: number, code: number | null): Trouble {
  if (code === INSUFFICIENT_PRIVILEGE) return refused(code);
  const words = code === null ? "says something else" : `refused (${codeWords(code)})`;
  return {
    state: "failed",
    message: `channel ${channel}: asked for the source of its address, it ${words}`,
    hint: "name another --channel: 1 on most, 3 on Intel, 2 on some HP and Fujitsu",
  };
}

/** @returns Why it was refused, if it was. */
async function write(talk: Talk, channel: number, progress: Progress): Promise<Trouble | null> {
  const { begin, write, complete } = setAddressSourceDhcp(channel);
  // What is said around the setting may be refused, or unknown to the BMC.
  await talk.mention(begin);
  // From here on it may have been set, whatever we hear.
  progress.hasWritten = true;
  const answer = await talk.persist(write, async () => await talk.read(channel) === "dhcp");
  if (answer.kind === "data") {
    await commit(talk, channel, progress);
    return null;
  }
  progress.hasWritten = false;
  await talk.mention(complete);
  return refused(answer.code);
}

async function commit(talk: Talk, channel: number, progress: Progress): Promise<void> {
  const { commit, complete } = setAddressSourceDhcp(channel);
  progress.hasCommitted = (await talk.mention(commit)).kind !== "silent";
  await talk.mention(complete);
}

/** The BMC may be gone before it has answered. */
async function reset(talk: Talk, before: BmcState): Promise<Trouble> {
  const answer = await talk.ask(COLD_RESET);
  if (answer.kind === "refused") {
    return {
      state: "failed",
      message: `on DHCP, but it refused to be reset (${codeWords(answer.code)})`,
      hint: "restart it in its web interface",
    };
  }
  const words = before === "already" ? "was on DHCP already" : "turned to DHCP first";
  return { state: "reset", message: words, hint: null };
}
