/**
 * Reads in the log of a web server which files nodes fetched to boot: backwards, in blocks,
 * as far as it matters, and in the files that it was rotated into.
 *
 * @module
 */

import { reasonOf } from "../io/failures.ts";
import { lineBlocks } from "../io/line_blocks.ts";
import type { Root } from "../io/root.ts";
import { statOf } from "../io/stat.ts";
import { printable } from "../text/printable.ts";
import { findBootLines, textBetween, timeSpan } from "./boot_lines.ts";
import {
  type BootRequest,
  FUTURE_MS,
  isLogLine,
  parseBootRequest,
  type WebServer,
} from "./boot_request.ts";
import { logFiles } from "./log_files.ts";

/** How far to read, in milliseconds since the epoch. */
export interface BootLogQuery {
  /** What was asked for before does not matter. */
  readonly horizon: number;
  readonly now: number;
}

/** What the log tells. */
export interface BootLogSight {
  /** In the order of the log, which is not that of their times. */
  readonly requests: readonly BootRequest[];
  /** From when on it tells all, milliseconds since the epoch; `null` if it tells nothing. */
  readonly since: number | null;
  /** What cannot be seen, and why: a few words each, with the path. */
  readonly problems: readonly string[];
}

/** So many requests are remembered: the newest. */
const MOST_REQUESTS = 100_000;
/** So many blocks are read for a line that has a time: it may be no log at all. */
const MOST_TIMELESS = 256;
/** So many blocks from before the horizon, one after another, are read: lines are not sorted. */
const PAST_BLOCKS = 5;
/** So much of a line of another format is shown, in characters. */
const MOST_OF_ODD = 200;

/**
 * Reads the log once.
 *
 * @param root The file system.
 * @param query `log`: where it is, as seen from inside; how far to read.
 * @returns Also where it cannot be read: then the problems say so.
 */
export function readBootRequests(
  root: Root,
  { log, ...query }: BootLogQuery & { readonly log: string },
): BootLogSight {
  return new BootLog(root, log).look(query);
}

/** A file of the log, and how much of it was read. */
interface LogPart {
  /** In bytes. */
  readonly end: number;
  /** From when on it tells all; `null` if it tells nothing. */
  readonly since: number | null;
  /** A line of another format, where none told of a boot. */
  readonly odd: string | null;
}

/** What was found in a file that was not known before. */
interface FoundRequests extends LogPart {
  readonly requests: readonly BootRequest[];
}

/** The log of a web server, which grows and is rotated while one looks. */
export class BootLog {
  readonly #root: Root;
  readonly #path: string;
  readonly #server: WebServer;
  /** By what the file is, not by its name: that changes. */
  #parts: ReadonlyMap<string, LogPart> = new Map();
  #requests: readonly BootRequest[] = [];

  /** @param path As seen from inside. */
  constructor(root: Root, path: string) {
    this.#root = root;
    this.#path = path;
    // Their lines look alike, and mean different things.
    this.#server = path.includes("nginx") ? "nginx" : "apache";
  }

  /** Reads what came since the last look. */
  look({ horizon, now }: BootLogQuery): BootLogSight {
    const { plain, compressed } = logFiles(this.#root, this.#path, horizon);
    const problems = compressed.map((path) => `${path} is compressed: it is not looked at`);
    const parts = new Map<string, LogPart>();
    const fresh = plain.flatMap((path) => {
      try {
        return this.#readFile(path, horizon, { parts, problems });
      } catch (error) {
        problems.push(`${path}: ${reasonOf(error)}`);
        return [];
      }
    });
    this.#parts = parts;
    this.#requests = [...this.#requests, ...fresh].filter(({ at }) => at >= horizon)
      .slice(-MOST_REQUESTS);
    problems.push(...fromTheFuture(this.#requests, now).map((words) => `${this.#path} ${words}`));
    const begins = [...parts.values()].flatMap(({ since }) => since ?? []);
    const since = begins.length > 0 ? Math.max(Math.min(...begins), horizon) : null;
    return { requests: this.#requests, since, problems };
  }

  #readFile(
    path: string,
    horizon: number,
    { parts, problems }: { readonly parts: Map<string, LogPart>; readonly problems: string[] },
  ): readonly BootRequest[] {
    using file = this.#root.open(path);
    const { id, size } = statOf(file.statSync());
    const known = this.#parts.get(id);
    // One that is shorter was emptied, and began anew.
    const before = known && known.end <= size ? known : { end: 0, since: null, odd: null };
    const found = this.#readLines(file, before.end, { size, horizon });
    const { requests, end } = found;
    const odd = requests.length > 0 ? null : before.odd ?? found.odd;
    const since = before.since ?? found.since;
    parts.set(id, { end, since, odd });
    if (odd !== null) problems.push(`${path} has lines of another format: ${shownLine(odd)}`);
    else if (since === null && size > 0) problems.push(`${path} has no whole line`);
    return requests;
  }

  #readLines(
    file: Deno.FsFile,
    begin: number,
    { size, horizon }: { readonly size: number; readonly horizon: number },
  ): FoundRequests {
    const found: (readonly BootRequest[])[] = [];
    let [end, count, timeless, past] = [begin, 0, 0, 0];
    let since: number | null = null;
    let odd: string | null = null;
    for (const { bytes, ...block } of lineBlocks(file, { begin, end: size })) {
      const lines = findBootLines(bytes);
      const requests = lines.flatMap((line) => parseBootRequest(line, this.#server) ?? []);
      const { first, newest } = timeSpan(bytes);
      end = Math.max(end, block.end);
      found.push(requests);
      count += requests.length;
      if (newest === null) odd ??= textBetween(bytes, 0, MOST_OF_ODD);
      if (requests.length === 0) odd ??= lines.find((line) => !isLogLine(line)) ?? null;
      timeless = newest === null ? timeless + 1 : 0;
      if (newest !== null) past = newest < horizon ? past + 1 : 0;
      since = past > 0 ? horizon : first ?? since;
      if (past >= PAST_BLOCKS || count > MOST_REQUESTS || timeless > MOST_TIMELESS) break;
    }
    return { requests: found.reverse().flat(), end, since, odd: count > 0 ? null : odd };
  }
}

function shownLine(text: string): string {
  return JSON.stringify(printable(text.slice(0, MOST_OF_ODD).replace(/\n[^]*/, "")));
}

function fromTheFuture(requests: readonly BootRequest[], now: number): string[] {
  const newest = requests.reduce((newest, { at }) => Math.max(newest, at), 0);
  if (newest <= now + FUTURE_MS) return [];
  const words = new Date(newest).toISOString().replace(/\.000Z$/, "Z");
  return [`has lines from the future, up to ${words}: was a clock set back?`];
}
