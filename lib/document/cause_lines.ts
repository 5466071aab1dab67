/**
 * Why nodes are not ready, in lines.
 *
 * @module
 */

import { foldHosts } from "../text/host_range.ts";
import { hanging, hangingList } from "../text/hanging.ts";
import { continued } from "../text/lines.ts";
import type { NodeVerdict } from "./verdict.ts";

/** More rows are no help to anybody. */
const MOST_CAUSES = 12;
/** A longer range has a line of its own. */
const LONGEST_RANGE = 24;
const MARGIN = "  ";

/**
 * Says why nodes are not ready, and what to do: a row for nodes that have the same
 * cause. If there would be too many rows, the nodes of the last ones are only named.
 *
 * @param nodes The nodes, and why.
 * @param width The most characters of a line; without a limit there is none of rows
 * either, and each is one line.
 */
export function causeLines(nodes: readonly NodeVerdict[], width: number): string[] {
  const most = width === Infinity ? Infinity : MOST_CAUSES;
  const rows = rowsOf(nodes);
  const others = rows.slice(most).flatMap(({ names }) => names);
  return [
    ...rowLines(rows.slice(0, most), width),
    ...others.length > 0
      ? hangingList(`${MARGIN}and ${others.length} more: `, foldHosts(others), width)
      : [],
  ];
}

interface Row {
  readonly names: readonly string[];
  readonly nodes: string;
  readonly message: string;
  readonly hint: string;
  /** Whether the hint is a command to copy. */
  readonly isCommand: boolean;
}

/** An address is said where there is only one; a command names all of the nodes. */
function rowsOf(nodes: readonly NodeVerdict[]): Row[] {
  const groups = Map.groupBy(
    nodes,
    ({ message, hint, command }) => `${message}\0${command ?? hint}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const names = group.map(({ node }) => node);
    const range = foldHosts(names);
    const { message, hint, command, address } = first;
    const isOne = address !== undefined && group.every((each) => each.address === address);
    return [{
      names,
      nodes: range,
      message: isOne ? `${message} (${address})` : message,
      hint: command === undefined ? hint ?? "" : `${command} --nodes ${range}`,
      isCommand: command !== undefined,
    }];
  });
}

function rowLines(rows: readonly Row[], width: number): string[] {
  const most = (lengths: readonly number[]): number => Math.max(0, ...lengths);
  const room = width === Infinity ? Infinity : LONGEST_RANGE;
  const short = rows.map(({ nodes }) => nodes.length).filter((length) => length <= room);
  const column = MARGIN.length + most(short) + 2;
  const fits = ({ message, hint }: Row, inner: number): boolean =>
    hint !== "" && column + Math.max(message.length, inner) + 2 + hint.length <= width;
  const inner = most(rows.filter((row) => fits(row, 0)).map(({ message }) => message.length));
  return rows.flatMap((row) => {
    const { nodes, message, hint } = row;
    const isShort = nodes.length <= room;
    const before = isShort ? [] : hangingList(MARGIN, nodes, width);
    const head = isShort ? (MARGIN + nodes).padEnd(column) : " ".repeat(column);
    if (fits(row, inner)) return [...before, `${head}${message.padEnd(inner)}  ${hint}`];
    return [
      ...before,
      ...hanging(head, message, { width }),
      ...hintLines(" ".repeat(column + 2), row, width),
    ];
  });
}

/** A command that goes on in the next line does so in a shell, too. */
function hintLines(indent: string, { hint, isCommand }: Row, width: number): string[] {
  if (hint === "") return [];
  if (!isCommand) return hanging(indent, hint, { width });
  return continued(hanging(indent, hint, { width: width - 2 }), " \\");
}
