/**
 * Transfers under way, as `ss -tniOH` shows the connections of a web server.
 *
 * @module
 */

import type { Context } from "../io/context.ts";
import { isNoProgram, reasonOf } from "../io/failures.ts";
import { programRunner } from "../io/run_program.ts";

/** What `ss` is asked: one line for each established connection of the web server. */
const SS_ARGUMENTS: readonly string[] = [
  "-tniOH",
  "state",
  "established",
  "( sport = :80 )",
];

/** A connection by which something is sent. */
export interface Transfer {
  /** Of the client; that of IPv4 also where the server listens on IPv6. */
  readonly address: string;
  /** With the address, which connection it is. */
  readonly port: number;
  /** What has arrived over this connection, in bytes, with headers, of all requests. */
  readonly acked: number;
  /** How much waits to be sent, or to be acknowledged, in bytes: none, and it is idle. */
  readonly queued: number;
  /** Milliseconds since the client last acknowledged anything. */
  readonly lastAck: number;
  /** Milliseconds since something was last sent: nothing is to a client that takes nothing. */
  readonly lastSent: number;
}

/**
 * Asks `ss`, which knows those of this machine.
 *
 * @returns Why it cannot be told, if so.
 * @throws The reason of the signal.
 */
export async function transfersNow(
  { env, signal }: Pick<Context, "env" | "signal">,
): Promise<Transfer[] | string> {
  try {
    const run = programRunner(env("PATH") ?? "", signal);
    const { code, stdout, stderr } = await run("ss", SS_ARGUMENTS);
    if (code !== 0) return `ss: ${stderr.split("\n")[0]}`;
    return parseTransfers(new TextDecoder().decode(stdout));
  } catch (error) {
    signal.throwIfAborted();
    return isNoProgram(error) ? "there is no program ss" : `ss: ${reasonOf(error)}`;
  }
}

const CONNECTION = /^\s*\d+\s+(\d+)\s+\S+\s+\[?(?:::ffff:)?([\da-f.:]+?)\]?:(\d+)\s/i;

/**
 * Reads what `ss` prints. Lines of other forms are skipped.
 *
 * @param text Its standard output.
 *
 * @example
 * ```ts
 * import { parseTransfers } from "./transfers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const line =
 *   "0 99 [::ffff:10.1.1.1]:80 [::ffff:10.1.1.7]:57698 bytes_acked:487 lastsnd:8 lastack:20";
 * assertEquals(parseTransfers(line), [
 *   { address: "10.1.1.7", port: 57698, acked: 487, queued: 99, lastAck: 20, lastSent: 8 },
 * ]);
 * ```
 */
export function parseTransfers(text: string): Transfer[] {
  return text.split("\n").flatMap((line) => {
    const [, queued, address = "", port] = CONNECTION.exec(`${line} `) ?? [];
    if (queued === undefined) return [];
    const numberOf = (name: string): number =>
      Number(new RegExp(`\\b${name}:(\\d+)`).exec(line)?.[1] ?? 0);
    return [{
      address,
      port: Number(port),
      acked: numberOf("bytes_acked"),
      queued: Number(queued),
      lastAck: numberOf("lastack"),
      lastSent: numberOf("lastsnd"),
    }];
  });
}
