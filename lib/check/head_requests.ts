/**
 * Asks a web server for the lengths of files, with one curl for all of them.
 *
 * One after another on one connection: Apache's prefork has few children at first, and to
 * ask it for many at once takes fifteen times as long.
 *
 * @module
 */

import type { RunProgram } from "./run_program.ts";

/** The answer to a HEAD request. */
export interface HeadAnswer {
  /** The status of HTTP; 0 if there was no answer. */
  readonly status: number;
  /** The length of the file in bytes; `null` if the server does not say it. */
  readonly bytes: number | null;
}

/** What came of all requests. */
export interface HeadAnswers {
  /** By address; those behind the first one without an answer were not asked. */
  readonly answers: ReadonlyMap<string, HeadAnswer>;
  /** Why there was no answer, in the words of curl; `null` if there always was one. */
  readonly fault: string | null;
}

const CONNECT_SECONDS = 5;
const ANSWER_SECONDS = 20;
/** Stands before the status of each answer; no header begins like that. */
const MARK = "== pitboot ";

/**
 * Asks for each address. A HEAD request: to the access log a GET would look like a node
 * that boots.
 *
 * @param urls The addresses.
 * @param options `server`: `HOST:PORT`, if that is not in the addresses; `run`: runs curl.
 * @throws {Deno.errors.NotFound} If there is no curl.
 */
export async function askHeads(
  urls: readonly string[],
  { server, run }: { server: string | null; run: RunProgram },
): Promise<HeadAnswers> {
  const { stdout, stderr } = await run("curl", ["-q", "-K", "-"], configOf(urls, server));
  return readAnswers(urls, new TextDecoder().decode(stdout), stderr);
}

/** The options of curl, in its own form: none is newer than 7.66. */
function configOf(urls: readonly string[], server: string | null): string {
  return [
    "head",
    "silent",
    "show-error",
    "fail-early",
    "globoff",
    "path-as-is",
    'noproxy = "*"',
    'proto = "=http,https"',
    'user-agent = "pitboot"',
    `connect-timeout = ${CONNECT_SECONDS}`,
    `max-time = ${ANSWER_SECONDS}`,
    `write-out = "${MARK}%{http_code}\\n"`,
    ...server === null ? [] : [`connect-to = "::${server}"`],
    ...urls.map((url) => `url = ${JSON.stringify(url)}`),
    "",
  ].join("\n");
}

/** Reads the blocks of headers, each with a mark behind it, in the order of the addresses. */
function readAnswers(urls: readonly string[], stdout: string, stderr: string): HeadAnswers {
  const parts = stdout.split(new RegExp(`^${MARK}(\\d+)$`, "m"));
  const answers = new Map<string, HeadAnswer>();
  urls.forEach((url, i) => {
    const [headers = "", status] = parts.slice(2 * i, 2 * i + 2);
    if (status === undefined) return;
    const length = /^content-length:\s*(\d+)/im.exec(headers)?.[1];
    answers.set(url, {
      status: Number(status),
      bytes: length === undefined ? null : Number(length),
    });
  });
  const fault = /^curl: .*/m.exec(stderr)?.[0] ?? null;
  return { answers, fault };
}
