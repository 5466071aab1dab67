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
import type { Flags } from "../lib/cli/options.ts";
import { UsageError } from "../lib/cli/parse_flags.ts";
import { VERSION } from "../lib/cli/version.ts";
import type { Command, CommandLine } from "../lib/command/command.ts";
import type { Host } from "../lib/command/host.ts";
import { main } from "../lib/command/main.ts";
import { EXIT, type ExitCode, PLAIN_EXITS } from "../lib/document/exit_codes.ts";
import { Failure, orElse } from "../lib/document/problems.ts";
import { guarded } from "../lib/io/failures.ts";
import { fileLines } from "../lib/io/file_lines.ts";
import type { Root } from "../lib/io/root.ts";
import { staticsAt } from "../lib/nodes/read_statics.ts";
import { readBootRequests } from "../lib/progress/boot_log.ts";
import { requestsByNode } from "../lib/progress/requests_by_node.ts";
import { EventReader } from "../lib/report/event_reader.ts";
import { logWords, strangerWords } from "../lib/report/log_words.ts";
import { type LoggedBoot, loggedBoot } from "../lib/report/logged_boot.ts";
import { nightOf } from "../lib/report/night.ts";
import type { NightEvent } from "../lib/report/night_event.ts";
import { reportPage, type ReportSource } from "../lib/report/page.ts";
import { timelineOf } from "../lib/report/timeline.ts";

const options = { ...pathOptions("access-log", "statics"), ...COMMON_OPTIONS };

/** The command `report`. */
export const command: Command<typeof options> = {
  name: "report",
  summary: "write the night as a page: how far each node got, and when",
  description: [
    "Writes one page of HTML to standard output, for a ticket, a screen or paper: of each node when its BMC was switched to DHCP and got a lease, when it was ready, when it fetched its script, initrd, kernel and root filesystem, and, where boot-progress has written events, when it was up; the problems, the verdict, and what happened in which order. The node that got least far comes first. The page needs no network and no script.",
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

/** How long after the last event a node may still be booting: power-on may be hours later. */
const AFTERWARDS_MS = 12 * 3_600_000;

function writeReport(
  { flags, operand, words }: CommandLine<typeof options>,
  { context: { stdout, now }, root, reporter }: Host,
): ExitCode {
  if (stdout.isTerminal) {
    throw new UsageError("a page is not for a terminal: write it to a file, as with >night.html");
  }
  root.check();
  const paths = [...operand === null ? [] : [operand], ...words];
  const read = paths.map((path) => readEvents(root, path));
  const night = nightOf(read.flatMap(({ events }) => events));
  if (night.begin === null || night.end === null) {
    throw new Failure("file-invalid", {
      message: `${paths.join(", ")}: no line is an event`,
      hint: "name a file that --events has written",
    });
  }
  const span = { since: night.begin, until: night.end + AFTERWARDS_MS, now: now() };
  const log = readLog(root, flags, span);
  const rows = timelineOf(night, log.boots);
  const sources = [...read.map(({ source }) => source), ...log.sources];
  for (const { path, faults } of sources) {
    for (const fault of faults) reporter.say(`${path}: ${fault}`);
  }
  stdout.write(reportPage({ night, rows, sources, made: now(), version: VERSION }));
  return EXIT.done;
}

interface ReadEvents {
  readonly events: readonly NightEvent[];
  readonly source: ReportSource;
}

function readEvents(root: Root, path: string): ReadEvents {
  return guarded(path, "name a file that --events has written", () => {
    using file = root.open(path);
    const reader = new EventReader();
    for (const line of fileLines(file)) reader.add(line);
    const { events } = reader;
    return { events, source: { path, found: `${events.length} events`, faults: reader.faults } };
  });
}

interface ReadLog {
  /** By node. */
  readonly boots: ReadonlyMap<string, LoggedBoot>;
  readonly sources: readonly ReportSource[];
}

function readLog(
  root: Root,
  { "access-log": log, statics: path }: Flags<typeof options>,
  { since, until, now }: { readonly since: number; readonly until: number; readonly now: number },
): ReadLog {
  const sight = readBootRequests(root, { log, horizon: since, now });
  const requests = sight.requests.filter(({ at }) => at <= until);
  const known = orElse(() => staticsAt(root, path), ({ details: { message } }) => message);
  const isKnown = typeof known !== "string";
  const { nodes, strangers } = requestsByNode(requests, isKnown ? known : null);
  const found = logWords(sight.since, requests.length);
  const faults = [...sight.problems, ...strangerWords(strangers)];
  const unknown = "whoever asked for the files of a node is taken for that node";
  return {
    boots: new Map([...nodes].map(([node, own]) => [node, loggedBoot(own)])),
    sources: [
      { path: log, found, faults },
      isKnown
        ? { path, found: `${known.addresses.size} addresses of nodes`, faults: [] }
        : { path, found: "nothing", faults: [`${known}: ${unknown}`] },
    ],
  };
}

export { main };

if (import.meta.main) main(command);
