/**
 * Looks at what nodes would boot, again and again.
 *
 * @module
 */

import { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { Reporter } from "../show/reporter.ts";
import { problemRows, watchOnScreen } from "../show/watch_on_screen.ts";
import type { Document } from "../document/document.ts";
import type { ExitCode } from "../document/exit_codes.ts";
import { summarise, TOLD_BY_STATE } from "../document/summary.ts";
import { Root } from "../io/root.ts";
import { RecentBoots, statusWithBoots } from "./status_with_boots.ts";

type WatchFlags = Parameters<typeof statusWithBoots>[1] & { readonly root: string };

/**
 * Shows the status on a terminal, every 2 s, until the signal ends it. A look that
 * fails is shown as that.
 *
 * @param flags The options of status.
 * @returns That it was interrupted: how the nodes are is not told by that.
 * @throws {UsageError} If there is no terminal to show it on.
 */
export async function watchStatus(
  flags: WatchFlags,
  host: Host,
): Promise<ExitCode> {
  const boots = new RecentBoots(flags, host);
  return await watchOnScreen("status", host.context, async (width) => {
    const document = await lookOnce(flags, host, boots);
    return [
      ...summarise(document, ["state"], width),
      ...document.problems.filter(({ code }) => code !== TOLD_BY_STATE)
        .flatMap((problem) => ["", ...problemRows(problem, width)]),
    ];
  });
}

async function lookOnce(flags: WatchFlags, host: Host, boots: RecentBoots): Promise<Document> {
  const draft = new Draft(() => {}, host.typed);
  draft.begin("status");
  const silent = { quiet: true, verbose: false, color: "never" } as const;
  const reporter = new Reporter(host.context, "pitboot", silent);
  try {
    // Another root each time: a file is read once for each.
    const again = { ...host, reporter, root: new Root(flags.root) };
    await statusWithBoots(draft, flags, again, boots);
  } catch (error) {
    draft.fail(error, reporter);
  }
  return draft.document;
}
