/**
 * The commands for `ipmitool shell`, and the meaning of the answers.
 *
 * All are raw commands of the IPMI specification (v2.0, chapters 20, 22 and
 * 23) instead of `channel info`, `lan print` and `lan set`: one round trip
 * each instead of three to twenty, and answers whose end and whose completion
 * code are in the same words for every command.
 *
 * @module
 */

/** The answer of a BMC to a command. */
export type BmcAnswer =
  | { readonly kind: "data"; readonly data: readonly number[] }
  /** A completion code that is not 0. */
  | { readonly kind: "refused"; readonly code: number }
  /** ipmitool has asked as often as it may, and heard nothing. */
  | { readonly kind: "silent" };

/** A network function, a command of it, and its data: one byte each. */
export type IpmiCommand = readonly number[];

/** Stands for the channel that a session runs on, whatever its number. */
export const THIS_CHANNEL = 0x0e;
/** Resets a BMC: some act on the setting only then. */
export const COLD_RESET: IpmiCommand = [0x06, 0x02];
/** Asks what kind of channel the one is whose number follows. */
export const GET_CHANNEL_INFO: IpmiCommand = [0x06, 0x42];

/** The parameter of the LAN configuration that holds where the address comes from. */
export const ADDRESS_SOURCE = 4;
/** Its value for DHCP. */
export const DHCP = 2;
/**
 * The parameter that is written around a change. Not every BMC knows it; some act on
 * nothing before the commit, others refuse what is sent around it.
 */
export const SET_IN_PROGRESS = 0;
/** The change is complete. */
export const SET_COMPLETE = 0;
/** A change begins. */
export const SET_BEGIN = 1;
/** The BMC shall act on the change. */
export const SET_COMMIT = 2;

/** The command that reads a parameter of the LAN configuration of a channel. */
export function readLan(channel: number, parameter: number): IpmiCommand {
  return [0x0c, 0x02, channel, parameter, 0, 0];
}

/** The command that writes a parameter of the LAN configuration of a channel. */
export function writeLan(
  channel: number,
  [parameter, value]: readonly [number, number],
): IpmiCommand {
  return [0x0c, 0x01, channel, parameter, value];
}

/** A command as the shell of ipmitool takes it. */
export function spelled(command: IpmiCommand): string {
  return `raw ${command.map(hexByte).join(" ")}`;
}

/**
 * Reads what came of a command.
 *
 * @param reply What ipmitool printed for it, without echo and prompt: bytes, or
 * at least an empty line, if the BMC did as it was told.
 * @param said What it has written to standard error since.
 * @returns `null` if ipmitool has not said yet what came of it.
 *
 * @example
 * ```ts
 * import { parseAnswer } from "./ipmi.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseAnswer(" 11 02\n", ""), { kind: "data", data: [0x11, 2] });
 * const refusal = "Unable to send RAW command (channel=0x0 … rsp=0x82): Unknown (0x82)\n";
 * assertEquals(parseAnswer("", refusal), { kind: "refused", code: 0x82 });
 * ```
 */
export function parseAnswer(reply: string, said: string): BmcAnswer | null {
  const failure = /^Unable to send RAW command .*\n/im.exec(said)?.[0];
  if (failure !== undefined) {
    const code = /\brsp=0x([0-9a-f]{1,2})\b/i.exec(failure)?.[1];
    return code === undefined ? { kind: "silent" } : { kind: "refused", code: parseInt(code, 16) };
  }
  if (reply === "") return null;
  const lines = reply.split(/\r?\n/).filter((line) => /^(?: [0-9a-f]{2})+ *$/i.test(line));
  const bytes = lines.join("").trim().split(/ +/).filter(Boolean);
  return { kind: "data", data: bytes.map((byte) => parseInt(byte, 16)) };
}

/**
 * Reads the answer to {@linkcode GET_CHANNEL_INFO}: a number and a kind, of which
 * 4 and 6 are networks.
 *
 * @param data What the BMC answered.
 * @returns The number of the LAN channel, `null` if it names none.
 */
export function parseChannelInfo([number, medium]: readonly number[]): number | null {
  if (number === undefined || medium === undefined) return null;
  return LAN_MEDIA.includes(medium & 0x7f) ? number & 0x0f : null;
}

/** The source of the address of a BMC. */
export type AddressSource = "dhcp" | "other";

/**
 * Reads what {@linkcode ADDRESS_SOURCE} holds: a revision and a byte whose
 * low half is 1 for static, 2 for DHCP, 3 for the BIOS.
 *
 * @param data What the BMC answered.
 * @returns `null` if it is not such an answer.
 */
export function parseAddressSource(data: readonly number[]): AddressSource | null {
  const [, source] = data;
  if (source === undefined || data.length !== 2) return null;
  return (source & 0x0f) === DHCP ? "dhcp" : "other";
}

/**
 * Reads what {@linkcode SET_IN_PROGRESS} holds: a revision and a byte whose
 * low two bits are 1 while a change is under way.
 *
 * @param data What the BMC answered; a BMC without that parameter refuses.
 */
export function isSetInProgress([, state = 0]: readonly number[]): boolean {
  return (state & 3) === SET_BEGIN;
}

/** The completion code that is about the user, not about the address. */
export const INSUFFICIENT_PRIVILEGE = 0xd4;

/** Completion codes that may be another one a second later. */
const PASSING = [0xc0, 0xc3, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd5];
/**
 * And where something is written: another change is in progress; invalid data,
 * at which `lan set` asks ten times; unspecified, which it takes for no refusal.
 */
const PASSING_AT_WRITE = [0x81, 0xcc, 0xff];

/**
 * Tells whether a BMC that refused may do it a little later.
 *
 * @param code The completion code.
 * @param options `isWrite`: whether something was to be set.
 */
export function isPassing(code: number, { isWrite }: { isWrite: boolean }): boolean {
  return PASSING.includes(code) || (isWrite && PASSING_AT_WRITE.includes(code));
}

/** Tables 5-2, 23-1 and 23-2 of the specification. */
const CODE_WORDS: Readonly<Record<number, string>> = {
  0x80: "parameter not supported",
  0x81: "another change is in progress",
  0x82: "read-only",
  0xc0: "node busy",
  0xc1: "invalid command",
  0xc3: "timed out inside the BMC",
  0xc7: "wrong length",
  0xc9: "out of range",
  0xcc: "invalid data field",
  0xce: "no response could be provided",
  0xd1: "firmware update in progress",
  0xd2: "BMC is starting",
  0xd3: "destination unavailable",
  0xd4: "insufficient privilege",
  0xd5: "not in this state",
  0xd6: "disabled",
  0xff: "unspecified error",
};

/** A completion code for people, for instance `code 0x82: read-only`. */
export function codeWords(code: number): string {
  const words = CODE_WORDS[code];
  return `code ${hexByte(code)}${words === undefined ? "" : `: ${words}`}`;
}

/** 802.3 LAN, other LAN. */
const LAN_MEDIA = [4, 6];

function hexByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
