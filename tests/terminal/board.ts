/**
 * What must be so of a board at every moment, and when it is gone.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Size, Terminal } from "./terminal.ts";

const ROWS = /^(BMCs {4}|leases {2}|nodes {3}) *\d/;
/** A row of the board that begins as none does, or has something behind its end. */
const LABELS = /(BMCs {4}|leases {2}|nodes {3}) *\d+ of/g;
const MOST_ROWS = 6;

/** The rows of the board of a screen; none if there is none. */
export function boardOf(screen: string): string[] {
  const rows = screen.split("\n");
  const first = rows.findIndex((row) => ROWS.test(row));
  return first < 0 ? [] : rows.slice(first);
}

/** Fails if there is a part of a board that is not one whole board. */
export function isWhole(screen: string): void {
  const rows = screen.split("\n");
  for (const label of ["BMCs    ", "leases  ", "nodes   "]) {
    const count = rows.filter((row) => row.startsWith(label) && ROWS.test(row)).length;
    assert(count <= 1, `${count} boards`);
  }
  for (const row of rows) {
    const count = [...row.matchAll(LABELS)].length;
    assert(count === 0 || (count === 1 && ROWS.test(row)), `a fragment: ${row}`);
  }
  const board = boardOf(screen);
  assert(board.length <= MOST_ROWS, `${board.length} rows`);
  // Nothing is printed below a board.
  const foreign = board.filter((row) => !ROWS.test(row) && !/^ {2}[a-z]|^$/.test(row));
  assertEquals(foreign, [], "something below the board");
}

/** Fails if a trace of a board is left. */
export async function isGone(terminal: Terminal): Promise<string> {
  const text = await terminal.scrollback();
  const rows = text.split("\n");
  const left = rows.filter((row) => ROWS.test(row) || /[█░]|^ {2}waiting for|…$/.test(row));
  assertEquals(left, [], text);
  return text;
}

/** The clock on a board; empty if there is none. */
export function clockOf(screen: string): string {
  return /\d+:\d\d left/.exec(screen)?.[0] ?? "";
}

/**
 * What is left of a board that was on its way to a terminal when that got another size: its rows
 * were broken before it was drawn over, which no program can know of.
 */
export class Trace extends Error {}

/**
 * Gives a terminal another size, just after its board was drawn: until the next second nothing is
 * on its way there, unless the machine stands still.
 */
export async function resize(terminal: Terminal, size: Size): Promise<void> {
  await nextSecond(terminal);
  await terminal.resize(size);
}

/** Waits until a board is drawn anew. */
export async function nextSecond(terminal: Terminal): Promise<void> {
  const before = clockOf(await terminal.screen());
  await terminal.shows((now) => !["", before].includes(clockOf(now)), "the next second");
}

/** Runs a test that resizes a terminal; up to three times where that left a trace. */
export async function withoutTrace(test: () => Promise<void>): Promise<void> {
  for (let left = 2;; left--) {
    try {
      return await test();
    } catch (error) {
      if (!(error instanceof Trace) || left === 0) throw error;
    }
  }
}
