/**
 * Reads the leases while dnsmasq may be writing them.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { guarded } from "../io/failures.ts";
import { pause } from "../io/within.ts";
import { readOpenFile } from "../io/read_file.ts";
import type { Root } from "../io/root.ts";
import { statOf } from "../io/stat.ts";
import type { Selection } from "../nodes/read_statics.ts";
import { FormatError } from "../text/format_error.ts";
import type { Sight } from "./changed_leases.ts";
import { isTorn, type Lease, parseLeases } from "./leases.ts";
import { type LeaseMatch, matchLeases } from "./match_leases.ts";

/** dnsmasq needs well under a millisecond to rewrite the file. */
const PAUSE_MS = 5;
const TRIES = 10;
/** A slow disk, or a dnsmasq that is stopped in the middle, needs longer. */
const LONG_PAUSE_MS = 50;
const LONG_TRIES = 40;

/** Whose leases are looked for, and where. */
export interface LeaseQuery extends Selection {
  /** The file that dnsmasq writes. */
  readonly leases: string;
}

type LeaseHost = Pick<Host, "root" | "context">;

/**
 * Tells who has a lease now.
 *
 * @throws {Failure} If the leases cannot be read, or are something else.
 */
export async function currentLeases(
  { chosen, statics: { macs }, leases }: LeaseQuery,
  host: LeaseHost,
): Promise<LeaseMatch> {
  const now = Math.floor(host.context.now() / 1000);
  return matchLeases(chosen, await readLeases(leases, host), { now, known: macs });
}

/**
 * Tells who has a lease by now, for those who look again: as long as dnsmasq
 * has not written a file, nobody has one.
 *
 * @returns Who has one, and whether there was a file.
 * @throws {Failure} If the file is there and cannot be read, or is something else.
 */
export async function leasesSoFar(query: LeaseQuery, host: LeaseHost): Promise<Sight> {
  try {
    return { ...await currentLeases(query, host), isThere: true };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "file-missing") throw error;
    return {
      leases: [],
      missing: query.chosen.map(({ name }) => name),
      unexpected: [],
      older: [],
      isThere: false,
    };
  }
}

/**
 * Reads the leases, again if the file was being written.
 *
 * @returns The leases. A file that stays empty has none.
 * @throws {Failure} If it cannot be read, or is something else.
 */
export async function readLeases(path: string, { root, context }: LeaseHost): Promise<Lease[]> {
  let text = "";
  for (let tries = 0; tries < TRIES + LONG_TRIES; tries++) {
    const seen = readOnce(root, path);
    text = seen.text;
    if (!isTorn(text) && seen.isSettled) break;
    // Only a file without any lease stays empty.
    if (text === "" && tries >= TRIES) break;
    await pause(tries < TRIES ? PAUSE_MS : LONG_PAUSE_MS, context.signal);
  }
  if (text !== "" && isTorn(text)) throw tornFailure(path);
  try {
    return parseLeases(text, { file: path });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new Failure("file-invalid", {
      message: error.message,
      hint: "dnsmasq alone writes this file: restart it, and find out what else wrote to it",
    }, error);
  }
}

function tornFailure(path: string): Failure {
  return new Failure("file-invalid", {
    message: `${path}: its last line has no end: it is being written, or could not be`,
    hint: "dnsmasq alone writes this file: is its disk full? systemctl status dnsmasq",
  });
}

function readOnce(root: Root, path: string): { text: string; isSettled: boolean } {
  return guarded(path, "dnsmasq writes it; is it running (systemctl status dnsmasq)?", () => {
    using file = root.open(path);
    const { size, modified } = statOf(file.statSync());
    const bytes = readOpenFile(file);
    const after = statOf(file.statSync());
    return {
      text: new TextDecoder().decode(bytes),
      isSettled: bytes.length === size && after.size === size && after.modified === modified,
    };
  });
}
