/**
 * Which of what is known of a node is of its last boot. That begins with the newest script
 * which the node asked for: whatever was seen before is of another boot.
 *
 * @module
 */

import type { BootEvidence, ServedToNode } from "./boot_evidence.ts";
import { type BootRequest, FUTURE_MS, HEADER_BYTES } from "./boot_request.ts";
import type { ConsoleLine, ConsoleSight } from "./console_text.ts";
import type { Receiving } from "./watch_transfers.ts";

/** What is of the last boot of a node; times are milliseconds since the epoch. */
export interface LastBoot {
  /** When it began; `null` if that was not seen. */
  readonly begin: number | null;
  /** What the node asked for, in the order of the log. */
  readonly requests: readonly BootRequest[];
  /** How often it began. */
  readonly tries: number;
  /** When it last asked for an address; `null` if that was before. */
  readonly asked: number | null;
  /** What its console said. */
  readonly console: readonly ConsoleLine[];
  /** When its console last said anything; `null` if that was before. */
  readonly said: number | null;
  /** What it receives now. */
  readonly receiving: Receiving | null;
}

/** Scripts that are further apart are of boots that somebody began. */
const TRY_MS = 20 * 60_000;
/** One try asks more than once. */
const SAME_TRY_MS = 2000;
const MOST_OF_HEADER = 512;

/**
 * Leaves out what is of another boot.
 *
 * @param evidence What is known of the node.
 * @param now Milliseconds since the epoch: what bears a later time was written before the
 * clock was set back.
 */
export function lastBoot(evidence: BootEvidence, now: number): LastBoot {
  const { dhcp, console, served } = evidence;
  const all = asOfNow(evidence.requests.map((request) => withEnd(request, served)), now);
  const first = all.findLastIndex(({ file }) => file === "script");
  const { at: begin, isOfConsole } = beginOf(all, first, console);
  const requests = isOfConsole ? [] : requestsSince(all, first);
  const since = begin ?? -Infinity;
  return {
    begin,
    requests,
    tries: isOfConsole ? 0 : triesIn(all),
    asked: dhcp && dhcp.at >= since ? dhcp.at : null,
    console: console?.lines.filter(({ at }) => at >= since) ?? [],
    said: console?.last && console.last >= since ? console.last : null,
    receiving: receivingIn(evidence, requests, since),
  };
}

/**
 * Requests from before a clock was set back bear times that are still to come: they
 * were made before those that the log has behind them.
 */
function asOfNow(requests: readonly BootRequest[], now: number): BootRequest[] {
  if (requests.every(({ at }) => at <= now + FUTURE_MS)) return [...requests];
  let latest = now;
  return requests.toReversed().map((request) => {
    if (request.at <= now + FUTURE_MS) latest = Math.min(latest, request.at);
    return request.at <= now + FUTURE_MS ? request : { ...request, at: latest };
  }).reverse();
}

/** nginx logs what it has sent; where that is less than the file has, it broke off. */
function withEnd(request: BootRequest, { files }: ServedToNode): BootRequest {
  const { stamp, bytes, file, at, transfer } = request;
  const served = files[file];
  if (stamp !== "end" || transfer !== "unknown" || bytes === null || !served) return request;
  if (served.since > at || request.status !== 200) return request;
  if (bytes >= served.bytes) return { ...request, transfer: "whole" };
  return { ...request, transfer: "broken", bytes: served.bytes, sent: bytes + HEADER_BYTES };
}

/**
 * When the last boot began. A console that says so later than the last request tells of
 * one whose script was not asked for as yet.
 */
function beginOf(
  requests: readonly BootRequest[],
  script: number,
  console: ConsoleSight | null,
): { at: number | null; isOfConsole: boolean } {
  const newest = requests.reduce((newest, { at }) => Math.max(newest, at), -Infinity);
  const begun = console?.lines.findLast(({ kind }) => kind === "begin");
  const isOfConsole = begun !== undefined && begun.at > newest &&
    !isNextPort(begun, requests.at(-1));
  return { at: isOfConsole ? begun.at : requests[script]?.at ?? null, isOfConsole };
}

/** A node that was refused something tries its next port, in the same boot. */
function isNextPort({ at }: ConsoleLine, last: BootRequest | undefined): boolean {
  return last !== undefined && last.status !== 200 && at - last.at <= TRY_MS;
}

/**
 * What was asked for since a script. A line comes when a transfer ends: that of a root
 * filesystem which a node gave up may come after the script of its next boot, and before
 * its kernel.
 */
function requestsSince(requests: readonly BootRequest[], first: number): BootRequest[] {
  const script = requests[first];
  if (!script) return [...requests];
  const own = requests.slice(first);
  const kernel = own.findIndex(({ file }) => file === "kernel" || file === "initrd");
  // A clock may have been set back between the two.
  const begin = Math.min(script.at, own[kernel]?.at ?? script.at);
  return own.filter(({ at, file }, i) =>
    file !== "rootfs" || (kernel >= 0 && i > kernel && at >= begin)
  );
}

/** How often a node began: each time soon after the time before, and without a root filesystem. */
function triesIn(requests: readonly BootRequest[]): number {
  let [tries, next] = [0, Infinity];
  for (const { file, at } of requests.toReversed()) {
    if (tries > 0 && file === "rootfs") break;
    if (file !== "script") continue;
    if (next !== Infinity && next - at > TRY_MS) break;
    if (next - at >= SAME_TRY_MS) tries++;
    next = at;
  }
  return tries;
}

/**
 * What a node receives in a boot. A connection of the boot before may last longer than that
 * did, and one by which all was sent is kept for a while: nothing arrives by them.
 */
function receivingIn(
  { receiving }: BootEvidence,
  requests: readonly BootRequest[],
  since: number,
): Receiving | null {
  if (!receiving || receiving.grew < since) return null;
  return receiving.queued === 0 && isLogged(requests, receiving) ? null : receiving;
}

/**
 * Tells whether what a node receives is the end of what was logged already: a server logs a
 * file when it has handed all of it to the kernel, and some MB may be on their way still.
 */
export function isLogged(requests: readonly BootRequest[], { acked, queued }: Receiving): boolean {
  let logged = 0;
  return requests.toReversed().some(({ bytes }, i) => {
    logged += bytes ?? 0;
    const headers = acked + queued - logged;
    return logged > 0 && headers >= 0 && headers <= (i + 1) * MOST_OF_HEADER;
  });
}
