/**
 * The board of a wait for nodes that boot: how many got as far as they should, and where
 * the others are.
 *
 * @module
 */

import type { Boot, BootStage } from "../document/boot.ts";
import { bootTable, STAGE_WORDS } from "../document/boot_table.ts";
import { clipRange } from "../show/board_rows.ts";
import { clock } from "../text/clock.ts";
import { stageRank } from "./boot_of_node.ts";

/** A wait for nodes. */
export interface BootWait {
  readonly boots: readonly Boot[];
  /** What they should get to. */
  readonly stage: BootStage;
  /** Until the wait ends, in milliseconds. */
  readonly left: number;
}

const MOST_BOARD_ROWS = 6;

/**
 * Shows a wait.
 *
 * @param wait What is waited for.
 * @param columns The most characters of a row.
 * @returns At most six rows; nodes that got least far come first.
 */
export function bootBoard({ boots, stage, left }: BootWait, columns: number): string[] {
  const late = boots.filter((boot) => stageRank(boot.stage) < stageRank(stage));
  const head = `${STAGE_WORDS[stage]}  ${boots.length - late.length} of ${boots.length} nodes, ${
    clock(left)
  } left`;
  // In rows that are as long as they are, each group has one.
  const rows = [head, ...bootTable(late, Infinity)];
  const isMore = rows.length > MOST_BOARD_ROWS;
  const shown = rows.slice(0, isMore ? MOST_BOARD_ROWS - 1 : MOST_BOARD_ROWS);
  const more = isMore ? ["… and nodes that got further"] : [];
  return [...shown, ...more].map((row) => clipRange(row, columns));
}
