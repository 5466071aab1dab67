/**
 * How far a node got in its last boot, from what was seen of it.
 *
 * A boot begins with the newest script that the node asked for: whatever was seen before is
 * of another boot. What was seen last is not what it does now, and is told with its time.
 *
 * @module
 */

import { BOOT_STAGES, type BootSource, type BootStage } from "../document/boot.ts";
import {
  type BootEvidence,
  type ServedFile,
  type ServedToNode,
  STAGE_OF_FILE,
} from "./boot_evidence.ts";
import { type BootRequest, FUTURE_MS } from "./boot_request.ts";
import type { ConsoleLine, ConsoleSight } from "./console_text.ts";
import type { Receiving } from "./watch_transfers.ts";

/** A stage that was reached. */
export interface Mark {
  readonly stage: BootStage;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly source: BootSource;
}

/** What was seen of a boot. */
export interface SeenBoot {
  /** When it began, milliseconds since the epoch; `null` if that was not seen. */
  readonly begin: number | null;
  /** The stages that were reached, in their order, each once. */
  readonly marks: readonly Mark[];
  /** What it asked for, in the order of the log. */
  readonly requests: readonly BootRequest[];
  /** What its console said. */
  readonly console: readonly ConsoleLine[];
  readonly tries: number;
  /** What it receives now. */
  readonly receiving: Receiving | null;
  /** When anything was last seen; `null` if nothing was. */
  readonly last: number | null;
  /** How much of its root filesystem has arrived, in bytes, where that can be told. */
  readonly bytes: number | null;
  readonly of: number | null;
  readonly image: string | null;
}

/** Scripts that are further apart are of boots that somebody began. */
const TRY_MS = 20 * 60_000;
/** One try asks more than once. */
const SAME_TRY_MS = 2000;
/** What the web server sends before a file, in bytes: about. */
export const HEADER_BYTES = 213;
const MOST_OF_HEADER = 512;

/** Tells the place of a stage in a boot. */
export function stageRank(stage: BootStage): number {
  return BOOT_STAGES.indexOf(stage);
}

/**
 * Finds what was seen of the last boot of a node.
 *
 * @param evidence What is known of it.
 * @param now Milliseconds since the epoch: what bears a later time was written before the
 * clock was set back.
 */
export function bootOfNode(evidence: BootEvidence, now: number): SeenBoot {
  const { dhcp, console, served } = evidence;
  const all = asOfNow(evidence.requests.map((request) => withEnd(request, served)), now);
  const first = all.findLastIndex(({ file }) => file === "script");
  const begin = beginOf(all, first, console);
  const requests = begin.isOfConsole ? [] : requestsSince(all, first);
  const since = begin.at ?? -Infinity;
  const receiving = receivingIn(evidence, requests, since);
  const lines = console?.lines.filter(({ at }) => at >= since) ?? [];
  const isAsking = dhcp !== null && dhcp.at >= since;
  const marks = inOrder([
    ...isAsking ? [{ stage: "dhcp", at: dhcp.at, source: "leases" } as const] : [],
    ...requests.flatMap(marksOf),
    ...lines.filter(({ kind }) => kind === "up")
      .map(({ at }) => ({ stage: "up", at, source: "console" } as const)),
  ]);
  const isRootfs = receiving !== null && !isLogged(requests, receiving) &&
    stageRank(marks.at(-1)?.stage ?? "none") >= KERNEL;
  const reached = isRootfs
    ? inOrder([...marks, { stage: "rootfs", at: receiving.grew, source: "ss" }])
    : marks;
  const ends = [
    ...requests.map(({ at }) => at),
    ...isAsking ? [dhcp.at] : [],
    ...console?.last && console.last >= since ? [console.last] : [],
    ...receiving ? [receiving.grew] : [],
    ...begin.at === null ? [] : [begin.at],
  ];
  return {
    begin: begin.at,
    marks: reached,
    requests,
    console: lines,
    tries: begin.isOfConsole ? 0 : triesIn(all),
    last: ends.length > 0 ? Math.max(...ends) : null,
    receiving,
    ...amountOf(requests, isRootfs ? receiving : null, served),
    image: releaseSent(requests, evidence),
  };
}

const KERNEL = stageRank("kernel");

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
function isLogged(requests: readonly BootRequest[], { acked, queued }: Receiving): boolean {
  let logged = 0;
  return requests.toReversed().some(({ bytes }, i) => {
    logged += bytes ?? 0;
    const headers = acked + queued - logged;
    return logged > 0 && headers >= 0 && headers <= (i + 1) * MOST_OF_HEADER;
  });
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

/** What a request has brought a node to. */
function marksOf({ status, file, node, transfer, at }: BootRequest): Mark[] {
  const of = (stage: BootStage): Mark[] => [{ stage, at, source: "access-log" }];
  if (file === "script" && (status !== 200 || node === null)) return of("dhcp");
  if (status !== 200) return [];
  if (transfer !== "broken") return of(STAGE_OF_FILE[file]);
  return file === "rootfs" ? of("rootfs") : [];
}

/** Each stage once, as it was reached last. */
function inOrder(marks: readonly Mark[]): Mark[] {
  return BOOT_STAGES.flatMap((stage) =>
    marks.filter((mark) => mark.stage === stage)
      .reduce<Mark[]>(([best], mark) => [!best || mark.at >= best.at ? mark : best], [])
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

/** How much of its root filesystem a node has got. */
function amountOf(
  requests: readonly BootRequest[],
  receiving: Receiving | null,
  served: ServedToNode,
): { bytes: number | null; of: number | null } {
  const logged = requests.findLast(({ file, status }) => file === "rootfs" && status === 200);
  if (logged) {
    const { transfer, sent, bytes } = logged;
    const arrived = transfer === "broken" && sent !== null ? sent - HEADER_BYTES : bytes;
    return { bytes: arrived && Math.max(arrived, 0), of: bytes };
  }
  const of = served.files.rootfs?.bytes ?? null;
  if (!receiving) return { bytes: null, of: null };
  const bytes = Math.max(receiving.acked - HEADER_BYTES, 0);
  return { bytes: of === null ? bytes : Math.min(bytes, of), of };
}

/** The release of the file that was sent last, if its length or its time proves it. */
function releaseSent(requests: readonly BootRequest[], { served }: BootEvidence): string | null {
  const last = requests.findLast(({ file, status }) => status === 200 && file in served.files);
  const file: ServedFile | undefined = last && served.files[last.file];
  if (!last || !file) return null;
  return file.bytes === last.bytes || file.since <= last.at ? file.release : null;
}
