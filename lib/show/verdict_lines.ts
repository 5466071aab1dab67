/**
 * The verdict in lines: which nodes will not boot, why, and what to do.
 *
 * @module
 */

import { causeLines } from "../document/cause_lines.ts";
import type { Verdict } from "../document/verdict.ts";
import { hanging } from "../text/hanging.ts";
import { breakLines, continued } from "../text/lines.ts";

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
  if (command.length <= width) return [command];
  return continued(breakLines(command.split(/(?<=[ ,])/), { width: width - 1 }), "\\");
}
