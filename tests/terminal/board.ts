/**
 * What must be so of a board at every moment, and when it is gone.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Terminal } from "./terminal.ts";

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
