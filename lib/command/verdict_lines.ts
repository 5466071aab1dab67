/**
 * The verdict in lines: who will not boot, why, and what to do.
 *
 * @module
 */

import { foldHosts } from "../text/host_range.ts";
import { wrapList } from "../text/table.ts";
import type { NodeVerdict, Verdict } from "../document/verdict.ts";

/** More rows are no help to anybody. */
const MOST_ROWS = 12;
/** A longer range has a line of its own. */
const NODES_WIDTH = 24;
const LEAST_ROOM = 16;
const INDENT = "  ";

/**
 * Says who will not boot, why, and what to do.
 *
 * @param verdict What came of it all.
 * @param width The most characters of a line.
 * @returns Lines. A command to copy that is longer goes on in the next line as in a
 * shell.
 */
export function verdictLines({ summary, exit, nodes, next }: Verdict, width: number): string[] {
  const groups = [...Map.groupBy(nodes, causeOf).values()];
  const shown = groups.length > MOST_ROWS ? groups.slice(0, MOST_ROWS) : groups;
  const others = groups.slice(shown.length).flat().map(({ node }) => node);
  return [
    ...hanging("NOT READY  ", `${summary} (exit ${exit})`, width),
    ...rowLines(shown.map(rowOf), width),
    ...others.length > 0
      ? listLines(`${INDENT}and ${others.length} more: `, foldHosts(others), width)
      : [],
    ...next === null ? [] : commandLines(`then: ${next}`, width),
  ];
}

interface Row {
  readonly nodes: string;
  readonly message: string;
  readonly hint: string;
}

function rowOf(group: readonly NodeVerdict[]): Row {
  const [{ node, message, hint } = { node: "", message: "", hint: null }] = group;
  const nodes = foldHosts(group.map(({ node }) => node));
  return { nodes, message, hint: withNodes(hint ?? "", node, nodes) };
}

/** Those of one cause share a row; a command that names its node can name them all. */
function causeOf({ node, message, hint }: NodeVerdict): string {
  return `${message}\0${withNodes(hint ?? "", node, "\0")}`;
}

function withNodes(hint: string, node: string, nodes: string): string {
  const words = `--nodes ${node}`;
  return hint.endsWith(words) ? hint.slice(0, -node.length) + nodes : hint;
}

function rowLines(rows: readonly Row[], width: number): string[] {
  const most = (lengths: readonly number[]): number => Math.max(0, ...lengths);
  const short = rows.map(({ nodes }) => nodes.length).filter((length) => length <= NODES_WIDTH);
  const column = INDENT.length + most(short) + 2;
  const fits = ({ message, hint }: Row, room: number): boolean =>
    hint !== "" && column + Math.max(message.length, room) + 2 + hint.length <= width;
  const inner = most(rows.filter((row) => fits(row, 0)).map(({ message }) => message.length));
  return rows.flatMap((row) => {
    const { nodes, message, hint } = row;
    const isShort = nodes.length <= NODES_WIDTH;
    const before = isShort ? [] : listLines(INDENT, nodes, width);
    const head = isShort ? (INDENT + nodes).padEnd(column) : " ".repeat(column);
    if (fits(row, inner)) return [...before, `${head}${message.padEnd(inner)}  ${hint}`];
    return [
      ...before,
      ...hanging(head, message, width),
      ...hint === "" ? [] : hanging(" ".repeat(column + 2), hint, width),
    ];
  });
}

/** Words behind a head; those that do not fit stand below the first of them. */
function hanging(head: string, words: string, width: number): string[] {
  const isNarrow = width - head.length < LEAST_ROOM;
  const indent = " ".repeat(isNarrow ? 4 : head.length);
  const lines: string[] = isNarrow && head.trim() !== "" ? [head.trimEnd()] : [];
  let line = lines.length > 0 || isNarrow ? indent : head;
  let isEmpty = true;
  for (const word of words.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      [line, isEmpty] = [indent, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

function listLines(head: string, range: string, width: number): string[] {
  const [first = "", ...rest] = wrapList(range, width - head.length);
  return [head + first, ...rest.map((line) => " ".repeat(head.length) + line)];
}

/** A command line that still can be copied: a shell puts its lines together again. */
function commandLines(command: string, width: number): string[] {
  const lines = [""];
  const words = command.split(/(?<=[ ,])/);
  for (const [i, word] of words.entries()) {
    const last = lines.at(-1) ?? "";
    const room = i === words.length - 1 ? width : width - 1;
    if (last === "" || last.length + word.length <= room) lines[lines.length - 1] = last + word;
    else lines.push(word);
  }
  return lines.map((line, i) => i < lines.length - 1 ? `${line}\\` : line);
}
