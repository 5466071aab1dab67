/**
 * The history of what nodes boot, for people.
 *
 * @module
 */

import type { Typed } from "../document/hint.ts";
import type { BootState, Generation, GenerationChange } from "../document/generation.ts";
import { PARTS } from "../images/each_of_three.ts";
import { foldHosts } from "../text/host_range.ts";
import { hanging } from "../text/hanging.ts";
import { printable } from "../text/printable.ts";
import { clip } from "../text/lines.ts";
import { table } from "../text/table.ts";

/** Generation, and number of nodes: as in other tables. */
const HEAD = ["GEN", "WHEN (UTC)", "WHO", "N", "RESULT", "RELEASE", "COMMAND"];
/** Enough on a terminal to tell one from another; the details have all of it. */
const RELEASE_WIDTH = 14;
/** With less room for it, a command stands below. */
const LEAST_COMMAND = 24;
const COMMAND_INDENT = 4;

/**
 * Lists generations: a line each where there is no limit of its length, else the whole
 * command goes on below.
 *
 * @param generations The oldest first.
 * @param width The most characters of a line.
 * @param running The numbers of those that are being made.
 * @returns Lines; none if there are no generations.
 */
export function historyTable(
  generations: readonly Generation[],
  width: number,
  running: ReadonlySet<number> = NONE,
): string[] {
  if (generations.length === 0) return [];
  const rows = generations.map((generation) => [
    String(generation.number),
    printable(generation.begun.slice(0, 16).replace("T", " ")),
    printable(generation.who),
    String(generation.changes.flatMap(({ nodes }) => nodes).length),
    resultOf(generation, running),
    clip(printable(releasesOf(generation), Infinity), width === Infinity ? width : RELEASE_WIDTH),
    commandCell(generation),
  ]);
  const all = [HEAD, ...rows];
  if (width === Infinity) return table(all, width);
  const fronts = table(all.map((row) => row.slice(0, -1)), Infinity);
  const column = Math.max(...fronts.map(({ length }) => length)) + 2;
  return all.flatMap((row, i) => {
    const [front = "", command = ""] = [fronts[i], row.at(-1)];
    const isBelow = width - column < LEAST_COMMAND;
    const head = isBelow ? " ".repeat(COMMAND_INDENT) : front.padEnd(column);
    const lines = hanging(head, command, { width, indent: COMMAND_INDENT });
    return [...isBelow ? [clip(front, width)] : [], ...lines.map((line) => clip(line, width))];
  });
}

/** As it was typed; of a rollback also where it went. */
function commandCell({ command, restores }: Generation): string {
  const typed = printable(command.replace(/^(CSM_RELEASE=\S+ )?pitboot /, ""), Infinity);
  return restores === null ? typed : `${typed} (to ${numbered(restores)})`;
}

/**
 * Describes a generation: nodes to which the same happened share a paragraph.
 *
 * @param generation The generation.
 * @param typed Writes the command that goes back to it.
 * @param running The numbers of those that are being made.
 * @returns Lines.
 */
export function historyDetails(
  generation: Generation,
  typed: Typed,
  running: ReadonlySet<number> = NONE,
): string[] {
  const { number, begun, who, command, parent, restores, bootScript, changes } = generation;
  const { notReady = [], accepted = [] } = generation;
  return [
    printable(`generation ${number}, ${begun.slice(0, 19).replace("T", " ")} UTC, by `) +
    `${printable(who)}: ${resultOf(generation, running)}`,
    `    ${printable(command, Infinity)}`,
    ...restores === null ? [] : [`    went back to ${numbered(restores)}`],
    `    ${typed.command("rollback", `${number}`)} comes back here; before it was ${
      numbered(parent)
    }`,
    ...bootScript
      ? [changeLine("boot/script.ipxe", digest(bootScript.before), digest(bootScript.after))]
      : [],
    ...changes.flatMap(changeLines),
    ...accepted.map(({ fault }) => printable(`taken on somebody's word: ${fault}`, Infinity)),
    ...notReady.length > 0 ? [`not ready at its end: ${foldHosts(notReady)}`] : [],
  ];
}

const NONE: ReadonlySet<number> = new Set();

/** What became of a generation, in a word or two. */
function resultOf(generation: Generation, running: ReadonlySet<number>): string {
  const { number, ended, changes, notReady = [] } = generation;
  const failed = changes.filter((change) => change.failed !== null).flatMap(({ nodes }) => nodes);
  if (ended === null) return running.has(number) ? "running" : "interrupted";
  if (failed.length > 0) return `${failed.length} failed`;
  return notReady.length > 0 ? `${notReady.length} not ready` : "done";
}

function releasesOf({ changes }: Generation): string {
  const releases = changes.map(({ after }) => after?.offline ? "offline" : after?.release ?? "-");
  return [...new Set(releases)].sort().join(" ");
}

function changeLines({ nodes, before, after, failed }: GenerationChange): string[] {
  const links = PARTS.map((name) => [name, before?.[name] ?? "-", after?.[name] ?? "-"] as const);
  const isSameRelease = before?.release === after?.release;
  const rows: (readonly [name: string, before: string, after: string])[] = [
    ["state", stateWord(before), stateWord(after)],
    ["release", before?.release ?? "-", after?.release ?? "-"],
    // The paths say no more than the release, if that has changed.
    ...isSameRelease ? links : [],
    ["script.ipxe", scriptWords(before), scriptWords(after)],
  ];
  return [
    foldHosts(nodes),
    ...rows.flatMap(([name, was, is]) => was === is ? [] : [changeLine(name, was, is)]),
    ...failed === null ? [] : [`    failed         ${printable(failed, Infinity)}`],
  ];
}

function stateWord(state: BootState | null): string {
  if (!state) return "no directory";
  return state.offline ? "offline" : "online";
}

function scriptWords(state: BootState | null): string {
  if (!state?.script) return "-";
  const { sha256, edited } = state.script;
  return `${digest(sha256)}${edited ? " (edited)" : ""}`;
}

function changeLine(name: string, before: string, after: string): string {
  return `    ${name.padEnd(14)} ${printable(before, Infinity)} -> ${printable(after, Infinity)}`;
}

function digest(sha256: string): string {
  return sha256.slice(0, 12);
}

function numbered(number: number): string {
  return number === 0 ? "what was there before pitboot" : `generation ${number}`;
}
