/**
 * How people are told of the power of nodes.
 *
 * @module
 */

import { disksColumn } from "./disks_column.ts";
import type { NodePower } from "./document.ts";

/** What is known of a node, and how people call it. */
type Column = readonly [head: string, cell: (power: NodePower) => string];

/** Says whether a node is on, what came of it if not all went well, and that it was by Redfish. */
export function powerWord({ state, after, by }: NodePower): string {
  const way = by === "redfish" ? " by Redfish" : "";
  if (state === "already") return `already ${after}${way}`;
  if (state === "on" || state === "off") return `${state}${way}`;
  return after === null ? state : `${state} (${after})`;
}

/** What a table of power is made of. */
interface PowerTable {
  readonly head: readonly string[];
  readonly cells: (power: NodePower) => string[];
  readonly nameOf: (power: NodePower) => string;
}

/**
 * Makes the table: of columns that tell something, and that of disks only where they differ.
 *
 * @param power All nodes.
 */
export function powerTable(power: readonly NodePower[]): PowerTable {
  const isAny = ([, cell]: Column): boolean => power.some((each) => cell(each) !== "-");
  const shown = COLUMNS.filter(isAny);
  const disks = disksColumn(power);
  return {
    head: ["POWER", ...shown.map(([head]) => head), ...disks.head, "N", "NODES"],
    cells: (each) => [
      powerWord(each),
      ...shown.map(([, cell]) => cell(each)),
      ...disks.cellsOf(each),
    ],
    nameOf: ({ node }) => node,
  };
}

const COLUMNS: readonly Column[] = [
  ["BOOT", deviceWords],
  ["AFTER OUTAGE", ({ policy }) => policy ?? "-"],
  ["CLOCK", ({ clock }) => clock === null || clock === undefined ? "-" : skew(clock)],
];

function deviceWords({ boot }: NodePower): string {
  if (boot === null) return "-";
  const { device, efi, persistent, valid } = boot;
  if (!valid || device === "none") return "as it is";
  return [device, efi ? "UEFI" : "BIOS", persistent ? "always" : "once"].join(" ");
}

/** Less than this is no difference: the answer took its time. */
const LEAST_SKEW = 60;

/** How far a clock is off, in one unit. */
function skew(seconds: number): string {
  const most = Math.abs(seconds);
  if (most < LEAST_SKEW) return "right";
  const [count, unit] = most < 7200
    ? [Math.round(most / 60), "min"]
    : most < 172_800
    ? [Math.round(most / 3600), "h"]
    : [Math.round(most / 86_400), "d"];
  return `${count} ${unit} ${seconds < 0 ? "behind" : "ahead"}`;
}
