/**
 * status: shows what each node would boot now.
 *
 * Synopsis: pitboot status [OPTION]...
 * Output:   a table; with --json a document with `images`, `leases`, `missing`
 *           and `nodes`
 * Exit:     0 every node is whole, 3 some are not, 1 failed, 2 usage,
 *           130 the end of --watch
 *
 * @module
 */

import { DOCUMENT_OPTIONS } from "../lib/cli/manual.ts";
import { flag, type Flags } from "../lib/cli/options.ts";
import { UsageError } from "../lib/cli/parse_flags.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import type { Host } from "../lib/command/host.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import type { ExitCode } from "../lib/document/exit_codes.ts";
import {
  RecentBoots,
  STATUS_WITH_BOOTS_OPTIONS,
  statusWithBoots,
} from "../lib/status/status_with_boots.ts";

const options = {
  ...STATUS_WITH_BOOTS_OPTIONS,
  watch: flag("Look again every 2 s, until ^C; needs a terminal."),
  ...DOCUMENT_OPTIONS,
};

const once = documentCommand<typeof options>({
  name: "status",
  summary: "show what each node would boot now",
  description: [
    "Looks at the boot directory of every node of statics.conf but the PIT. Links are whole (three links to one image of the node's role), missing, broken (one points to nothing, or to what the web server cannot read), foreign (mismatched: they point to something else, or do not belong together) or offline. A script is ours (as pitboot wrote it, or would), edited or missing.",
    "While another command changes nodes, status waits a moment and looks then. Commands that are running are named; nodes that one is not done with are not judged.",
    "Nodes of one role that boot several releases are named, exit 3. Roles may differ: status mentions it if there is a release that all of them could boot. A newer release that is incomplete is shown with what is missing from it.",
    "Where the access log tells that nodes booted within the last two hours, BOOT shows how far each got, as boot-progress does. The exit code does not depend on it.",
    "The output is a table, also into a pipe or file (one line per row); on a terminal it fits the width. --json writes the document.",
    "Reads statics.conf, dnsmasq.leases, the web root and, if they exist, the boot images, the access log and the logs of consoles. Changes nothing.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.partial, EXIT.interrupted],
  options,
  environment: ["CSM_RELEASE"],
  examples: [
    ["pitboot status", "nodes with the same result share a line"],
    ["pitboot status --watch", "look on while nodes are installed"],
    [
      "pitboot status --json | jq -r '.nodes[] | select(.links != \"whole\").name'",
      "who is not ready",
    ],
  ],
  shows: ["state"],
  onlyShows: true,
  stage: (draft, flags, host) => statusWithBoots(draft, flags, host, new RecentBoots(flags, host)),
});

/** The command `status`. */
export const command: typeof once = {
  ...once,
  run: (line, host) => line.flags.watch ? watch(line.flags, host) : once.run(line, host),
};

async function watch(flags: Flags<typeof options>, host: Host): Promise<ExitCode> {
  if (flags.json || flags.pretty) throw new UsageError("--watch shows a table, and no document");
  const { watchStatus } = await import("../lib/status/watch_status.ts");
  return await watchStatus(flags, host);
}

export { main };

if (import.meta.main) main(command);
