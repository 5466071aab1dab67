/**
 * report: writes the night as a page, from files of events and the log of the web server.
 *
 * Synopsis: pitboot report [OPTION]... EVENTS...
 * Input:    files that --events has written
 * Output:   a page of HTML
 * Exit:     0 done, 1 failed, 2 usage
 *
 * @module
 */

import { COMMON_OPTIONS, pathOptions } from "../lib/cli/manual.ts";
import { UsageError } from "../lib/cli/parse_flags.ts";
import { VERSION } from "../lib/cli/version.ts";
import type { Command, CommandLine } from "../lib/command/command.ts";
import type { Host } from "../lib/command/host.ts";
import { main } from "../lib/command/main.ts";
import { EXIT, type ExitCode, PLAIN_EXITS } from "../lib/document/exit_codes.ts";

const options = { ...pathOptions("access-log", "statics"), ...COMMON_OPTIONS };

/** The command `report`. */
export const command: Command<typeof options> = {
  name: "report",
  summary: "write the night as a page: how far each node got, and when",
  description: [
    "Writes one page of HTML to standard output, for a ticket, a screen or paper: of each node when its BMC was switched to DHCP and got a lease, when it was ready, when power switched it on, when it fetched its script, initrd, kernel and root filesystem, and, where boot-progress has written events, when it was up; the problems, the verdict, and what happened in which order. The node that got least far comes first. The page needs no network and no script.",
    "EVENTS are files that --events of other commands has written, of one run or of several. Lines that are no events are named, on the page and on standard error, and stop nothing. What nodes fetched stands in the log of the web server: lines from the first event until 12 hours after the last, and of a node only those from its own addresses, which statics.conf has. Without the log the page ends with what pitboot did, and says so.",
    "Hints, command lines and the environment are not on the page. Reads the files, and changes nothing.",
  ],
  exits: PLAIN_EXITS,
  options,
  operand: {
    placeholder: "EVENTS",
    kind: "file",
    help: "A file that --events has written; there may be several.",
    isOptional: false,
    isMany: true,
  },
  examples: [
    ["pitboot report /var/log/pitboot/events.jsonl >night.html", "the night on a page"],
    ["pitboot report run1.jsonl run2.jsonl >night.html", "of two runs that wrote to two files"],
  ],
  run: writeReport,
};

async function writeReport(
  { flags, operand, words }: CommandLine<typeof options>,
  { context: { stdout, now }, root, reporter }: Host,
): Promise<ExitCode> {
  if (stdout.isTerminal) {
    throw new UsageError("a page is not for a terminal: write it to a file, as with >night.html");
  }
  root.check();
  const [{ readNight }, { reportPage }] = await Promise.all([
    import("../lib/report/read_night.ts"),
    import("../lib/report/page.ts"),
  ]);
  const events = [...operand === null ? [] : [operand], ...words];
  const seen = readNight({ ...flags, events }, { root, now: now() });
  for (const { path, faults } of seen.sources) {
    for (const fault of faults) reporter.say(`${path}: ${fault}`);
  }
  stdout.write(reportPage({ ...seen, made: now(), version: VERSION }));
  return EXIT.done;
}

export { main };

if (import.meta.main) main(command);
