/**
 * Reads the leases while dnsmasq may be writing them.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { guarded } from "../io/failures.ts";
import { pause } from "../io/pause.ts";
import { readOpenFile } from "../io/read_file.ts";
import { type Root, statOf } from "../io/root.ts";
import type { StaticBmc, Statics } from "../nodes/statics.ts";
import { FormatError } from "../text/format_error.ts";
import type { Sight } from "./changed_leases.ts";
import { isTorn, type Lease, parseLeases } from "./leases.ts";
import { type LeaseMatch, matchLeases } from "./match_leases.ts";

/** dnsmasq needs well under a millisecond to rewrite the file. */
const PAUSE_MS = 5;
const TRIES = 10;

/**
 * Tells who has a lease now.
 *
 * @param expected The BMCs that should have one.
 * @param statics The machines that may have one, too.
 * @param path Where dnsmasq writes the leases.
 * @param host The file system, and the clock.
 * @throws {Failure} If they cannot be read, or are something else.
 */
export async function currentLeases(
  expected: readonly StaticBmc[],
  { macs }: Statics,
  path: string,
  { root, context }: Pick<Host, "root" | "context">,
): Promise<LeaseMatch> {
  const leases = await readLeases(root, path, context.signal);
  return matchLeases(expected, leases, { now: Math.floor(context.now() / 1000), known: macs });
}

/**
 * Tells who has a lease by now, for those who look again: as long as dnsmasq
 * has not written a file, nobody has one.
 *
 * @param expected The BMCs that should have one.
 * @param statics The machines that may have one, too.
 * @param path Where dnsmasq writes the leases.
 * @param host The file system, and the clock.
 * @returns Who has one, and whether there was a file.
 * @throws {Failure} If the file is there and cannot be read, or is something else.
 */
export async function leasesSoFar(
  expected: readonly StaticBmc[],
  statics: Statics,
  path: string,
  host: Pick<Host, "root" | "context">,
): Promise<Sight> {
  try {
    return { ...await currentLeases(expected, statics, path, host), isThere: true };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "file-missing") throw error;
    return {
      leases: [],
      missing: expected.map(({ name }) => name),
      unexpected: [],
      isThere: false,
    };
  }
}

/**
 * Reads the leases, again if the file was being written.
 *
 * @param root The file system.
 * @param path Where they are.
 * @param signal Ends the pauses.
 * @returns The leases. A file that stays empty has none.
 * @throws {Failure} If it cannot be read, or is something else.
 */
async function readLeases(root: Root, path: string, signal: AbortSignal): Promise<Lease[]> {
  let text = "";
  for (let left = TRIES; left > 0; left--) {
    const before = readOnce(root, path);
    text = before.text;
    if (!isTorn(text) && before.isSettled) break;
    await pause(PAUSE_MS, signal);
  }
  try {
    return parseLeases(text, { file: path });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new Failure("file-invalid", {
      message: error.message,
      hint: "dnsmasq alone writes this file: restart it, and find out who else did",
    }, error);
  }
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
