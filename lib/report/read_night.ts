/**
 * Reads what is told of a night: files of events, and the log of the web server.
 *
 * @module
 */

import { Failure, orElse } from "../document/problems.ts";
import { guarded } from "../io/failures.ts";
import { fileLines } from "../io/file_lines.ts";
import type { Root } from "../io/root.ts";
import { staticsAt } from "../nodes/read_statics.ts";
import { readBootRequests } from "../progress/boot_log.ts";
import { requestsByNode } from "../progress/requests_by_node.ts";
import { EventReader } from "./event_reader.ts";
import { logWords, strangerWords } from "./log_words.ts";
import { type LoggedBoot, loggedBoot } from "./logged_boot.ts";
import { nightOf } from "./night.ts";
import type { NightEvent } from "./night_event.ts";
import type { NightReport, ReportSource } from "./page.ts";
import { timelineOf } from "./timeline.ts";

/** Where to read, as seen from inside. */
export interface NightPaths {
  /** Files that `--events` has written. */
  readonly events: readonly string[];
  readonly "access-log": string;
  readonly statics: string;
}

const ANOTHER_FILE = "name a file that --events has written";
/** How long after the last event a node may still be booting: power-on may be hours later. */
const AFTERWARDS_MS = 12 * 3_600_000;

/**
 * Reads a night. Without the log, or statics.conf, the sources say so.
 *
 * @param paths Where to read.
 * @param world The file system, and the time: milliseconds since the epoch.
 * @throws {Failure} If a file of events cannot be read, or no line is an event.
 */
export function readNight(
  paths: NightPaths,
  { root, now }: { readonly root: Root; readonly now: number },
): Pick<NightReport, "night" | "rows" | "sources"> {
  const read = paths.events.map((path) => readEvents(root, path));
  const night = nightOf(read.flatMap(({ events }) => events));
  if (night.begin === null || night.end === null) {
    throw new Failure("file-invalid", {
      message: `${paths.events.join(", ")}: no line is an event`,
      hint: ANOTHER_FILE,
    });
  }
  const log = readLog(root, paths, { since: night.begin, until: night.end + AFTERWARDS_MS, now });
  const rows = timelineOf(night, log.boots);
  return { night, rows, sources: [...read.map(({ source }) => source), ...log.sources] };
}

function readEvents(
  root: Root,
  path: string,
): { readonly events: readonly NightEvent[]; readonly source: ReportSource } {
  return guarded(path, ANOTHER_FILE, () => {
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
  { "access-log": log, statics: path }: NightPaths,
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
