/**
 * The verdict in lines: which nodes will not boot, why, and what to do.
 *
 * @module
 */

import { causeLines } from "../document/cause_lines.ts";
import type { Verdict } from "../document/verdict.ts";
import { hanging } from "../text/hanging.ts";

/**
 * Says which nodes will not boot, why, and what to do.
 *
 * @param verdict The verdict.
 * @param width The most characters of a line.
 * @returns Lines. A command to copy that is longer goes on in the next line as in a
 * shell.
 */
export function verdictLines({ summary, exit, nodes, next }: Verdict, width: number): string[] {
  return [
    ...hanging("NOT READY  ", `${summary} (exit ${exit})`, { width }),
    ...causeLines(nodes, width),
    ...commandLines(`then: ${next}`, width),
  ];
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
