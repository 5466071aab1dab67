/**
 * Shows how far nodes got, again and again.
 *
 * @module
 */

import type { Flags } from "../cli/options.ts";
import { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { bootTable } from "../document/boot_table.ts";
import type { ExitCode } from "../document/exit_codes.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import { problemRows, watchOnScreen } from "../show/watch_on_screen.ts";
import type { BOOT_LOOK_OPTIONS } from "./boot_progress.ts";
import { lookProblems } from "./boot_report.ts";
import { BootSources } from "./boot_sources.ts";
import { BootWatch } from "./boot_watch.ts";

/**
 * Shows how far nodes got on a terminal, every 2 s, until the signal ends it.
 *
 * @param flags The options of a look.
 * @throws {UsageError} If there is no terminal to show it on.
 * @throws {Failure} If it cannot be told which nodes there are.
 */
export async function watchBoots(
  flags: Flags<typeof BOOT_LOOK_OPTIONS>,
  host: Host,
): Promise<ExitCode> {
  const { context, root, typed } = host;
  const horizon = context.now() - flags.since * 1000;
  const watch = new BootWatch(new BootSources(flags, host), selectNodes(flags, root), horizon);
  return await watchOnScreen("boot-progress", context, async (width) => {
    const sight = await watch.look();
    // It writes the commands of hints.
    const draft = new Draft(() => {}, typed);
    draft.reportAll(lookProblems(sight, flags.statics));
    return [
      ...bootTable(sight.boots, width),
      ...draft.document.problems.flatMap((problem) => ["", ...problemRows(problem, width)]),
    ];
  });
}
