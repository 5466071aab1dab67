/**
 * How far a node got in its last boot, from what was seen of it. What was seen last is not
 * what it does now, and is told with its time.
 *
 * @module
 */

import { BOOT_STAGES, type BootSource, type BootStage } from "../document/boot.ts";
import type { BootEvidence, ServedFile, ServedToNode } from "./boot_evidence.ts";
import { type BootFile, type BootRequest, HEADER_BYTES } from "./boot_request.ts";
import { isLogged, type LastBoot, lastBoot } from "./last_boot.ts";
import type { Receiving } from "./watch_transfers.ts";

/** A stage that was reached. */
export interface Mark {
  readonly stage: BootStage;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly source: BootSource;
}

/** What was seen of a boot. */
export interface SeenBoot extends LastBoot {
  /** The stages that were reached, in their order, each once. */
  readonly marks: readonly Mark[];
  /** When anything was last seen; `null` if nothing was. */
  readonly last: number | null;
  /** How much of its root filesystem has arrived, in bytes, where that can be told. */
  readonly bytes: number | null;
  readonly of: number | null;
  readonly image: string | null;
}

/** The stage that a whole file brings a node to. */
const STAGE_OF_FILE: Readonly<Record<BootFile, BootStage>> = {
  loader: "dhcp",
  script: "script",
  initrd: "initrd",
  kernel: "kernel",
  rootfs: "rootfs-sent",
};

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
  const boot = lastBoot(evidence, now);
  const marks = marksIn(boot);
  const rootfs = rootfsNow(boot, marks);
  return {
    ...boot,
    marks: rootfs ? inOrder([...marks, { stage: "rootfs", at: rootfs.grew, source: "ss" }]) : marks,
    last: lastSeen(boot),
    ...amountOf(boot.requests, rootfs, evidence.served),
    image: releaseSent(boot.requests, evidence),
  };
}

function marksIn({ asked, requests, console }: LastBoot): Mark[] {
  const ups = console.filter(({ kind }) => kind === "up");
  return inOrder([
    ...asked === null ? [] : [{ stage: "dhcp", at: asked, source: "leases" } as const],
    ...requests.flatMap(marksOf),
    ...ups.map(({ at }) => ({ stage: "up", at, source: "console" } as const)),
  ]);
}

/** What a node receives that has its kernel, if it is not the end of what was logged. */
function rootfsNow({ receiving, requests }: LastBoot, marks: readonly Mark[]): Receiving | null {
  if (receiving === null || isLogged(requests, receiving)) return null;
  return stageRank(marks.at(-1)?.stage ?? "none") >= stageRank("kernel") ? receiving : null;
}

function lastSeen({ begin, requests, asked, said, receiving }: LastBoot): number | null {
  const times = [...requests.map(({ at }) => at), asked, said, receiving?.grew ?? null, begin]
    .filter((at) => at !== null);
  return times.length > 0 ? Math.max(...times) : null;
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
