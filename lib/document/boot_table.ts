/**
 * How far nodes got, as a table for people: the least progressed first.
 *
 * @module
 */

import { clock } from "../text/clock.ts";
import { foldHosts } from "../text/host_range.ts";
import { table } from "../text/table.ts";
import { type Boot, BOOT_STAGES, type BootStage } from "./boot.ts";

/** What stands in the table for a stage. */
export const STAGE_WORDS: Readonly<Record<BootStage, string>> = {
  "none": "no sign",
  "dhcp": "dhcp",
  "script": "script",
  "initrd": "initrd",
  "kernel": "kernel",
  "rootfs": "rootfs",
  "rootfs-sent": "rootfs sent",
  "up": "up",
};

/** Slower than this is not worth its own figure, in bytes per second. */
const MEGABYTE = 1_000_000;

/**
 * Shows how far nodes got. Nodes with the same result share a line.
 *
 * @param boots All of them.
 * @param width The most characters of a line.
 */
export function bootTable(boots: readonly Boot[], width: number): string[] {
  if (boots.length === 0) return [];
  const groups = [
    ...Map.groupBy(leastFirst(boots), ({ stage, state }) => `${stage} ${state}`).values(),
  ];
  const rows = groups.map((group) => [
    bootWords(group),
    group[0]?.state ?? "-",
    seenWords(group),
    String(group.length),
    foldHosts(group.map(({ node }) => node)),
  ]);
  return table([["BOOT", "STATE", "LAST SEEN", "N", "NODES"], ...rows], width);
}

/** Sorts them: the least progressed first, those that need somebody before others. */
export function leastFirst(boots: readonly Boot[]): Boot[] {
  const rank = ({ stage, state }: Boot): number =>
    2 * BOOT_STAGES.indexOf(stage) + (state === null || state === "moving" ? 1 : 0);
  return boots.toSorted((a, b) => rank(a) - rank(b));
}

/** For instance `rootfs 12-61 %`. */
function bootWords(group: readonly Boot[]): string {
  const stage = group[0]?.stage ?? "none";
  const parts = stage === "rootfs" ? group.flatMap((boot) => percentOf(boot) ?? []) : [];
  if (parts.length === 0) return STAGE_WORDS[stage];
  const [least, most] = [Math.min(...parts), Math.max(...parts)];
  return `${STAGE_WORDS[stage]} ${least === most ? least : `${least}-${most}`} %`;
}

/** How much a node has of what it receives; `null` if that is not known. */
export function percentOf({ bytes, of }: Boot): number | null {
  return bytes === null || !of ? null : Math.floor(100 * bytes / of);
}

/** Of the one that was silent for longest. */
function seenWords(group: readonly Boot[]): string {
  const longest = group.reduce((longest, { silence }) => Math.max(longest, silence ?? -1), -1);
  const [first] = group;
  if (longest < 0 || !first) return "-";
  if (first.state === "moving") return `now${rateWords(group)}`;
  return `${clock(longest * 1000)} ago`;
}

/** How fast the slowest is. */
function rateWords(group: readonly Boot[]): string {
  const rates = group.flatMap(({ rate }) => rate ?? []);
  if (rates.length === 0) return "";
  return `, ${(Math.min(...rates) / MEGABYTE).toPrecision(2)} MB/s`;
}

/**
 * A column for how far nodes got, in a table of other things.
 *
 * @param boots All of them; without any there is no column.
 */
export function bootColumn(
  boots: readonly Boot[],
): { readonly head: readonly string[]; readonly cellsOf: (node: string) => readonly string[] } {
  if (boots.length === 0) return { head: [], cellsOf: () => [] };
  const words = new Map(boots.map((boot) => [boot.node, bootCell(boot)]));
  return { head: ["BOOT"], cellsOf: (node) => [words.get(node) ?? "-"] };
}

function bootCell({ stage, state }: Boot): string {
  if (stage === "none") return "-";
  const words = STAGE_WORDS[stage];
  return state === null || state === "moving" ? words : `${words}, ${state}`;
}
