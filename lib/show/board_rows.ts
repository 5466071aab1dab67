/**
 * The rows of the board: the progress of the work at one look.
 *
 * @module
 */

import { clock } from "../text/clock.ts";
import { foldHosts } from "../text/host_range.ts";
import { printable } from "../text/printable.ts";
import { breakLines, clip } from "../text/lines.ts";
import {
  type BmcProgress,
  FAULTS,
  faultyNodes,
  type LeaseProgress,
  type Progress,
  SUCCESSES,
} from "./progress.ts";

/** On a wider terminal the eye would have a long way to go. */
const WIDEST = 100;
/** With less room there are only counts. */
const NARROW = 60;
const MOST_ROWS = 6;
const LABEL_WIDTH = 8;
const BAR_WIDTH = 21;
/** Room for `13:41 left, last came 0:24 ago`. */
const CLOCKS_WIDTH = 30;
const [GAP, WIDE_GAP] = ["  ", "      "];

/**
 * Shows the progress of the work.
 *
 * @param progress The progress.
 * @param columns The most characters of a row.
 * @param now The moment, in milliseconds of the clock of `progress`.
 * @returns At most six rows; none if nothing has begun.
 */
export function boardRows(progress: Progress, columns: number, now: number): string[] {
  const { bmcs, leases, ready } = progress;
  const width = Math.min(columns, WIDEST);
  const totals = [bmcs?.nodes.length, leases?.expected].map((total = 0) => `${total}`.length);
  const digits = Math.max(...totals);
  const head = (label: string, count: number, total: number): string =>
    label.padEnd(LABEL_WIDTH) + `${count} of ${total}`.padEnd(2 * digits + 4);
  const rows: string[] = [];
  if (bmcs) {
    rows.push(bmcRow(head("BMCs", bmcs.asked.size, bmcs.nodes.length), bmcs, { width, now }));
  }
  if (leases) {
    const { leased, expected } = leases;
    rows.push(leaseRow(head("leases", leased, expected), leases, { width, now }));
    if (ready.size > 0) rows.push(`${head("nodes", ready.size, expected)} ready`);
  }
  const left = MOST_ROWS - rows.length;
  return [...rows, ...nodeRows(progress, width, left)].map((row) =>
    clip(printable(row, Infinity).trimEnd(), columns)
  );
}

/**
 * Cuts a host range between two of its words, or where its numbers begin.
 *
 * @param range As `foldHosts()` makes it.
 * @param width The most characters of it.
 */
export function clipRange(range: string, width: number): string {
  if (range.length <= width) return range;
  // Half of a number would be another one.
  const [begin = ""] = /^.*[[\],]/.exec(range.slice(0, width - 1)) ?? [];
  return begin === "" ? clip(range, width).replace(/\d+…$/, "…") : `${begin}…`;
}

/** The room for a row, and the moment that it shows. */
interface RowScene {
  readonly width: number;
  readonly now: number;
}

function bmcRow(
  head: string,
  { nodes, asked, began }: BmcProgress,
  { width, now }: RowScene,
): string {
  const isOver = asked.size >= nodes.length;
  const time = isOver ? "" : clock(Math.floor((now - began) / 1000) * 1000);
  const words = ([...SUCCESSES, ...FAULTS] as const)
    .map((outcome) => [outcome, [...asked.values()].filter((each) => each === outcome).length])
    .filter(([, count]) => count !== 0)
    .map((pair) => pair.join(" "));
  const room = width - time.length - 1;
  const row = width < NARROW ? head : fitted(`${head} `, words, room);
  return row.padEnd(room + 1) + time;
}

/** As many words as there is room for. */
function fitted(head: string, words: readonly string[], room: number): string {
  return words.reduce((row, word) => {
    const longer = `${row}${GAP}${word}`;
    return longer.length <= room ? longer : row;
  }, head);
}

function leaseRow(head: string, leases: LeaseProgress, { width, now }: RowScene): string {
  const { leased, expected, end, came } = leases;
  const left = end === null ? [] : [`${clock(end - now)} left`];
  if (width < NARROW) return [head, ...left].join(GAP);
  const since = came === null ? [] : [`last came ${clock(now - came)} ago`];
  const room = width - head.length - CLOCKS_WIDTH - 5;
  const bar = barOf(leased, expected, Math.min(Math.max(room, 0), BAR_WIDTH));
  return [`${head} `, bar, [...left, ...since].join(", ")].filter(Boolean).join(GAP);
}

/** It is full only when all are there. */
function barOf(count: number, total: number, width: number): string {
  const full = total > 0 ? Math.floor((Math.min(count, total) / total) * width) : width;
  return "█".repeat(full) + "░".repeat(width - full);
}

/** The nodes whose BMCs are at fault, and those that are waited for. */
function nodeRows(progress: Progress, width: number, most: number): string[] {
  const faulty = faultyNodes(progress);
  if (width < NARROW) {
    const counts = [...faulty].map(([fault, nodes]) => `${fault} ${nodes.length}`);
    return counts.length > 0 ? [fitted("", counts, width)] : [];
  }
  const isFaulty = new Set([...faulty.values()].flat());
  const missing = awaited(progress).filter((node) => !isFaulty.has(node));
  const waiting = missing.length > 0 ? [`${GAP}waiting for ${foldHosts(missing)}`] : [];
  const cells = [...faulty].map(([fault, nodes]) => `${fault}   ${foldHosts(nodes)}`);
  return [
    ...cellRows(cells, width, Math.min(most - waiting.length, 2)),
    ...waiting.map((row) => clipRange(row, width)),
  ];
}

/** The nodes without a lease; while no lease is waited for, those whose BMC is still being switched. */
function awaited({ bmcs, leases }: Progress): readonly string[] {
  if (leases) return [...leases.missing];
  return bmcs ? bmcs.nodes.filter((node) => !bmcs.asked.has(node)) : [];
}

/** Cells beside each other; where there are too many, none has more room than others. */
function cellRows(cells: readonly string[], width: number, most: number): string[] {
  const rows = breakLines(cells, { width: width - GAP.length, between: WIDE_GAP })
    .map((row) => clipRange(GAP + row, width));
  if (rows.length <= most) return rows;
  const perRow = Math.ceil(cells.length / most);
  const room = Math.floor((width - GAP.length - (perRow - 1) * GAP.length) / perRow);
  const clipped = cells.map((cell) => clipRange(cell, room).padEnd(room));
  return Array.from(
    { length: Math.ceil(cells.length / perRow) },
    (_, i) => GAP + clipped.slice(i * perRow, (i + 1) * perRow).join(GAP),
  );
}
