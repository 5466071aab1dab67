/**
 * Runs curl: one for each request.
 *
 * @module
 */

import { lastWords } from "../io/last_words.ts";
import { LATE, type Later, within } from "../io/within.ts";
import { curlConfig, type CurlEnd, type CurlRequest } from "./curl_config.ts";

/** Sends a request. */
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
const MOST_PRINTED = 1024 * 1024;
/** Seconds in which a curl whose time is over ends by itself. */
const GRACE = 2;
/** Milliseconds between asking it to end and forcing it. */
const FORCE_MS = 500;

/**
 * Makes what runs curl, which gets nothing of the environment: no proxy, and no `~/.curlrc`.
 *
 * @returns What throws `Deno.errors.NotFound` if there is no curl.
 */
export function curlRunner({ path, ignoresHangup, later }: CurlOptions): RunCurl {
  return (request, signal) => {
    const child = new Deno.Command("curl", {
      // -q must be the first.
      args: ["-q", "-K", "-"],
      clearEnv: true,
      env: { LC_ALL: "C", ...(path === undefined ? {} : { PATH: path }) },
      detached: ignoresHangup,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return converse(child, request, { signal, later });
  };
}

async function converse(
  child: Deno.ChildProcess,
  request: CurlRequest,
  { signal, later }: { readonly signal: AbortSignal; readonly later: Later },
): Promise<CurlEnd> {
  const flood = new AbortController();
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) =>
    new Gatherer(stream, () => flood.abort())
  ) as [Gatherer, Gatherer];
  const sent = new Blob([curlConfig(request)]).stream().pipeTo(child.stdin).catch(() => {});
  const milliseconds = (request.seconds + GRACE) * 1000;
  const limit = AbortSignal.any([signal, flood.signal]);
  const ended = await within(child.status, { milliseconds, signal: limit, later });
  const status = ended === LATE ? await force(child) : ended;
  await lastWords(Promise.all([stdout.done, stderr.done, sent]));
  const isFlood = flood.signal.aborted;
  await Promise.all([stdout.close(), stderr.close()]);
  // One whose time was over while we stood still may have ended well.
  const code = !status || status.signal !== null ? null : status.code;
  return { code, stdout: stdout.text, stderr: stderr.text, isFlood };
}

/** Ends it, and waits for that, but not for ever. */
async function force(child: Deno.ChildProcess): Promise<Deno.CommandStatus | null> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      child.kill(signal);
    } catch {
      // it has just ended by itself
    }
    const ended = await within(child.status, { milliseconds: FORCE_MS });
    if (ended !== LATE) return ended;
  }
  return null;
}

/** Reads a stream, but not without end. */
class Gatherer {
  text = "";
  readonly done: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<string>;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>, onFlood: () => void) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    this.done = this.#read(onFlood).catch(() => {});
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  async #read(onFlood: () => void): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      if (this.text.length < MOST_PRINTED) this.text += value;
      else onFlood();
    }
  }
}
