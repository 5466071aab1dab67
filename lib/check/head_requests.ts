/**
 * Asks a web server for the lengths of files, with one curl for all of them.
 *
 * One after another on one connection: Apache's prefork has few children at first, and to
 * ask it for many at once takes fifteen times as long.
 *
 * @module
 */

import type { Ran, RunProgram } from "../io/run_program.ts";

/** The answer to a HEAD request. */
export interface HeadAnswer {
  /** The status of HTTP. */
  readonly status: number;
  /** The length of the file in bytes; `null` if the server does not say it. */
  readonly bytes: number | null;
}

/** Why there was no answer. */
export interface HeadFault {
  /** The exit code that curl has for it; -1 if it did not end. */
  readonly code: number;
  /** In the words of curl. */
  readonly said: string;
}

/** What came of all requests. */
export interface HeadAnswers {
  /** By address; once a server gives no answer it is asked for nothing more. */
  readonly answers: ReadonlyMap<string, HeadAnswer>;
  /** Why each of the other addresses has none. */
  readonly faults: ReadonlyMap<string, HeadFault>;
  /** Servers whose names this machine cannot resolve: it was asked itself in their place. */
  readonly unresolved: readonly string[];
}

/** Where to ask, and how. */
export interface HeadOptions {
  /** `HOST:PORT`, if that is not in the addresses. */
  readonly server: string | null;
  /** Runs curl. */
  readonly run: RunProgram;
}

const CONNECT_SECONDS = 5;
const ANSWER_SECONDS = 20;
/** Stands before the status of each answer; no header begins like that. */
const MARK = "== pitboot ";
/** The web server of a PIT listens on all of its addresses. */
const THIS_MACHINE = "127.0.0.1:80";
/** What curl says of a name that cannot be resolved. */
const UNRESOLVED = 6;

/**
 * Asks for each address. A HEAD request: to the access log a GET would look like a node
 * that boots. Nodes resolve names by dnsmasq, which this machine need not do.
 *
 * @param urls The addresses, of HTTP all of them.
 * @throws {Deno.errors.NotFound} If there is no curl.
 */
export async function askHeads(
  urls: readonly string[],
  { server, run }: HeadOptions,
): Promise<HeadAnswers> {
  const asked = await askEach(urls, { server, run });
  const nameless = [...asked.faults].filter(([, { code }]) => code === UNRESOLVED)
    .map(([url]) => url);
  if (server !== null || nameless.length === 0) return { ...asked, unresolved: [] };
  const again = await askEach(nameless, { server: THIS_MACHINE, run });
  const known = [...asked.faults].filter(([, { code }]) => code !== UNRESOLVED);
  return {
    answers: new Map([...asked.answers, ...again.answers]),
    faults: new Map([...known, ...again.faults]),
    unresolved: [...new Set(nameless.map(serverOf))],
  };
}

/** Goes on with the other servers where one does not answer. */
async function askEach(
  urls: readonly string[],
  { server, run }: HeadOptions,
): Promise<Pick<HeadAnswers, "answers" | "faults">> {
  const answers = new Map<string, HeadAnswer>();
  const faults = new Map<string, HeadFault>();
  for (let left = urls; left.length > 0;) {
    const ran = await run("curl", ["-q", "-K", "-"], configOf(left, server));
    addAnswers(answers, left, new TextDecoder().decode(ran.stdout));
    left = left.filter((url) => !answers.has(url));
    const [failed] = left;
    if (failed === undefined) break;
    const fault = curlFault(ran);
    for (const url of left) {
      if (server !== null || serverOf(url) === serverOf(failed)) faults.set(url, fault);
    }
    left = left.filter((url) => !faults.has(url));
  }
  return { answers, faults };
}

function serverOf(url: string): string {
  return new URL(url).host;
}

function curlFault({ code, stderr }: Pick<Ran, "code" | "stderr">): HeadFault {
  const [said = `curl ends with ${code}`, known] = /^curl: \((\d+)\) .*/m.exec(stderr) ?? [];
  return { code: Number(known ?? code ?? -1), said };
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
    'proto = "=http"',
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
function addAnswers(
  answers: Map<string, HeadAnswer>,
  urls: readonly string[],
  stdout: string,
): void {
  const parts = stdout.split(new RegExp(`^${MARK}(\\d+)$`, "m"));
  urls.forEach((url, i) => {
    const [headers = "", status] = parts.slice(2 * i, 2 * i + 2);
    if (status === undefined || Number(status) === 0) return;
    const length = /^content-length:\s*(\d+)/im.exec(headers)?.[1];
    answers.set(url, {
      status: Number(status),
      bytes: length === undefined ? null : Number(length),
    });
  });
}
