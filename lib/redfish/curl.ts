/**
 * Runs curl: one for each request, and for what is read after it.
 *
 * @module
 */

import { runProgram } from "../io/run_program.ts";
import type { Later } from "../io/within.ts";
import { curlConfig, type CurlEnd, type CurlRequest } from "./curl_config.ts";

/** Sends a request, and those that are read after it. */
export type RunCurl = (request: CurlRequest, signal: AbortSignal) => Promise<CurlEnd>;

/** How curl is started. */
export interface CurlOptions {
  /** The search path for curl, if there is one. */
  readonly path: string | undefined;
  /** Whether it must outlive the terminal. */
  readonly ignoresHangup: boolean;
  /** Sets a timer. */
  readonly later: Later;
}

/** No answer of a BMC that is asked for here is a tenth of that, in bytes. */
const MOST_ANSWERED = 1024 * 1024;
/** Seconds in which a curl whose time is over ends by itself. */
const GRACE = 2;

/**
 * Makes what runs curl, which gets nothing of the environment: no proxy, and no `~/.curlrc`.
 *
 * @returns What throws `Deno.errors.NotFound` if there is no curl.
 */
export function curlRunner({ path, ignoresHangup, later }: CurlOptions): RunCurl {
  return async (request, signal) => {
    const stdin = curlConfig(request);
    // -q must be the first.
    const program = { name: "curl", args: ["-q", "-K", "-"], stdin, path, ignoresHangup };
    const { seconds, ahead = [] } = request;
    const milliseconds = (seconds * (1 + ahead.length) + GRACE) * 1000;
    const ran = await runProgram(program, { bytes: MOST_ANSWERED, milliseconds, signal, later });
    return { ...ran, stdout: new TextDecoder().decode(ran.stdout) };
  };
}
