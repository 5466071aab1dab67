/**
 * Which boots go on as one would expect. Never by one clock: how long a stage takes differs
 * by a factor of twenty, so bytes that arrive count, answers of the server, and how long
 * the peers of a node took.
 *
 * @module
 */

import type { Boot, BootCourse, BootFault, BootStage } from "../document/boot.ts";
import type { BootEvidence } from "./boot_evidence.ts";
import { bootOfNode, type SeenBoot, stageRank } from "./boot_of_node.ts";
import { type BootRequest, HEADER_BYTES } from "./boot_request.ts";

/** Bytes that arrived so short a time ago move. */
const MOVING_MS = 10_000;
/** Where nothing arrived for so long, a transfer stands still; healthy ones pause for seconds. */
const STALLED_MS = 30_000;
/** Nobody is called silent before, whatever the peers took, in seconds. */
const LEAST_SILENCE = 300;
/** So many peers must have got on to tell how long that takes. */
const LEAST_PEERS = 2;
/** From an address to the script no healthy firmware takes longer: that was another boot. */
const FIRMWARE_MS = 20 * 60_000;
/** The most faults of a node that are told. */
const MOST_BOOT_FAULTS = 5;

/** A node, and what was seen of its last boot. */
interface NodeBoot {
  readonly evidence: BootEvidence;
  readonly boot: SeenBoot;
}

/**
 * Judges the boots of nodes.
 *
 * @param all What is known of each, also of those that are compared with.
 * @param now Milliseconds since the epoch.
 * @param before What was said of them at the look before, by node.
 */
export function judgeBoots(
  all: readonly BootEvidence[],
  now: number,
  before: ReadonlyMap<string, Boot> = new Map(),
): Boot[] {
  const seen = all.map((evidence) => ({ evidence, boot: bootOfNode(evidence, now) }));
  const medians = mediansOf(seen);
  return seen.map((each) => {
    const boot = bootNow(each, now, medians);
    return notLess(boot, before.get(boot.node), each.boot);
  });
}

function bootNow(
  { evidence, boot }: NodeBoot,
  now: number,
  medians: ReadonlyMap<BootStage, number>,
): Boot {
  const mark = boot.marks.at(-1) ?? null;
  const stage = mark?.stage ?? "none";
  const silence = boot.last === null ? null : Math.max(Math.round((now - boot.last) / 1000), 0);
  const peers = medians.get(stage) ?? null;
  return {
    node: evidence.node,
    stage,
    at: mark && timeText(mark.at),
    source: mark && mark.source,
    tries: boot.tries,
    image: boot.image,
    bytes: boot.bytes,
    of: boot.of,
    rate: boot.receiving?.rate ?? null,
    faults: faultsOf(boot),
    state: courseOf(boot, { stage, silence, peers, now }),
    silence,
    peers,
    keepsDisks: evidence.served.keepsDisks,
  };
}

function courseOf(
  { receiving, requests, tries }: SeenBoot,
  { stage, silence, peers, now }: {
    readonly stage: BootStage;
    readonly silence: number | null;
    readonly peers: number | null;
    readonly now: number;
  },
): BootCourse | null {
  if (stage === "up") return null;
  if (receiving && now - receiving.grew <= MOVING_MS) return "moving";
  if (receiving && now - receiving.grew > STALLED_MS) return "stalled";
  if (receiving) return null;
  const last = requests.at(-1);
  if (last && last.status !== 200) return "refused";
  if (tries >= 2 && stageRank(stage) < stageRank("rootfs")) return "loop";
  const isLong = peers !== null && silence !== null &&
    silence > Math.max(2 * peers, LEAST_SILENCE);
  return isLong ? "silent" : null;
}

/** How long a node took from a stage to the next that was seen. */
interface Taken {
  readonly stage: BootStage;
  readonly seconds: number;
}

/** How long nodes took from each stage to the next that was seen, in seconds. */
function mediansOf(all: readonly NodeBoot[]): ReadonlyMap<BootStage, number> {
  const taken = all.flatMap((each) => [...betweenMarks(each.boot), ...beforeScript(each)]);
  const groups = [...Map.groupBy(taken, ({ stage }) => stage)]
    .filter(([, { length }]) => length >= LEAST_PEERS);
  return new Map(
    groups.map(([stage, group]) => [stage, median(group.map((each) => each.seconds))]),
  );
}

function betweenMarks({ marks }: SeenBoot): Taken[] {
  return marks.slice(1).map(({ at }, i) => {
    const { stage, at: from } = marks[i] ?? { stage: "none" as const, at };
    return { stage, seconds: (at - from) / 1000 };
  }).filter(({ seconds }) => seconds >= 0);
}

/**
 * How long it took from an address to its script. Its lease tells of a later one by then:
 * what was seen before, and what its console said, tell of that of its firmware.
 */
function beforeScript({ evidence, boot }: NodeBoot): Taken[] {
  const script = boot.marks.find(({ stage }) => stage === "script")?.at;
  const dhcp = boot.marks.find(({ stage }) => stage === "dhcp")?.at;
  if (script === undefined || (dhcp ?? Infinity) <= script) return [];
  const begun = evidence.console?.lines.filter(({ kind }) => kind === "begin") ?? [];
  const from = [...evidence.askedAt, ...begun.map(({ at }) => at)]
    .filter((at) => at <= script && script - at <= FIRMWARE_MS);
  if (from.length === 0) return [];
  return [{ stage: "dhcp", seconds: (script - Math.max(...from)) / 1000 }];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** What went wrong; the same again and again is told once. */
function faultsOf({ requests, console }: SeenBoot): BootFault[] {
  const logged = requests.flatMap((request) => {
    const message = faultIn(request);
    return message === null ? [] : [{ source: "access-log" as const, at: request.at, message }];
  });
  const said = console.filter(({ kind }) => kind === "fault")
    .map(({ at, text }) => ({ source: "console" as const, at, message: text }));
  const groups = Map.groupBy([...logged, ...said], ({ source, message }) => source + message);
  return [...groups.values()].flatMap((group) => {
    const last = group.toSorted((a, b) => a.at - b.at).at(-1);
    if (!last) return [];
    const times = group.length > 1 ? `, ${group.length} times` : "";
    return [{ ...last, message: last.message + times }];
  }).sort((a, b) => b.at - a.at).slice(0, MOST_BOOT_FAULTS)
    .map(({ at, ...fault }) => ({ ...fault, at: timeText(at) }));
}

function faultIn({ status, path, node, file, transfer, sent, bytes }: BootRequest): string | null {
  if (status !== 200) return `${path}: ${status}`;
  if (transfer === "broken") {
    const arrived = sent === null ? null : Math.max(sent - HEADER_BYTES, 0);
    const share = bytes && arrived !== null ? ` at ${Math.floor(100 * arrived / bytes)} %` : "";
    return `${path}: the transfer broke off${share}`;
  }
  return node === null && file === "script" ? `${path}: DHCP gave it no host name` : null;
}

/** A boot never falls back: a line of the log may be lost when it is rotated. */
function notLess(boot: Boot, before: Boot | undefined, { begin }: SeenBoot): Boot {
  const isSame = before?.at && (begin === null || Date.parse(before.at) >= begin);
  if (!before || !isSame || boot.stage === "up") return boot;
  const isAllSent = before.stage === "rootfs" && boot.state !== "moving" &&
    before.bytes !== null && before.of !== null && before.bytes >= 0.99 * before.of;
  const stage = isAllSent ? "rootfs-sent" : before.stage;
  if (stageRank(stage) <= stageRank(boot.stage)) return boot;
  const { at, source, bytes, of, image } = before;
  return { ...boot, stage, at, source, bytes, of, image: boot.image ?? image };
}

function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}
