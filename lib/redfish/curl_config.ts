/**
 * Requests in the words of curl, none of them newer than curl 7.66, and their answers.
 *
 * Everything stands in the configuration that curl reads from its standard input: nobody
 * sees it in a list of processes.
 *
 * @module
 */

import type { Ran } from "../io/run_program.ts";

/** A request to a BMC. */
export interface CurlRequest {
  readonly method: "GET" | "PATCH" | "POST";
  /** Host, port and path, with `https://`. */
  readonly url: string;
  /** The header of that name, a secret; `null` for a request without a password. */
  readonly authorization: string | null;
  /** The header of that name; `null` for none. */
  readonly ifMatch: string | null;
  /** JSON; `null` for none. */
  readonly body: string | null;
  /** The time for it; for what is read after it, no more. */
  readonly seconds: number;
  /** Whether to speak with servers that know only what is not safe any more. */
  readonly isOld: boolean;
  /** The hash of the key that the server must have, `sha256//…`; `null` for any. */
  readonly pin: string | null;
  /** What is read after it, if it was answered, on the same connection. @default {[]} */
  readonly ahead?: readonly string[];
}

/** What curl has left behind. */
export interface CurlEnd extends Omit<Ran, "stdout"> {
  readonly stdout: string;
}

/** An answer of a BMC, whole. */
export interface RedfishAnswer {
  readonly kind: "answer";
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** The body; `undefined` if it is not JSON. */
  readonly json: unknown;
}

/** Why there is none. */
export interface RedfishFault {
  readonly kind: "fault";
  /** The exit code of curl; `null` if it was ended by us, or not all that it printed came. */
  readonly code: number | null;
  /** Whether the BMC may have heard the request. */
  readonly mayBeSent: boolean;
  readonly isFlood: boolean;
  /** In the words of curl. */
  readonly said: string;
}

/** What came of a request. */
export type RedfishReply = RedfishAnswer | RedfishFault;

/** The time for what is read ahead: it may be gone to another address, and is asked again. */
const AHEAD_SECONDS = 5;
/** Stands before what curl tells of the request, behind all that came. */
const END_MARK = "== pitboot ";
/** That it was refused: with all of the answer, and nothing is read after it. */
const REFUSED_CODE = 22;
/** What makes it end so; a curl before 7.76 says that it does not know it. */
const STOP = "fail-with-body";
/** That it could not connect, or not agree on how to: nothing was sent. */
const UNSENT: readonly number[] = [2, 3, 4, 5, 6, 7, 35, 48, 51, 53, 54, 58, 59, 60, 66, 77, 90];
/** How an answer begins. */
const STATUS_LINE = /^HTTP\/[\d.]+ (\d{3})\b[^\r\n]*\r?\n/;

/** Writes a request as a configuration of curl, and those that are read after it. */
export function curlConfig(request: CurlRequest): string {
  const { ahead = [] } = request;
  const reads = ahead.map((url): CurlRequest => {
    const seconds = Math.min(request.seconds, AHEAD_SECONDS);
    return { ...request, method: "GET", url, seconds, ifMatch: null, body: null };
  });
  return `fail-early\n${[request, ...reads].map(sectionOf).join("next\n")}`;
}

function sectionOf(request: CurlRequest): string {
  const { method, url, authorization, ifMatch, body, isOld, pin } = request;
  const seconds = Math.max(1, Math.ceil(request.seconds));
  const headers = [
    "Accept: application/json",
    // It would wait for a word that few BMCs say.
    "Expect:",
    ...authorization === null ? [] : [`Authorization: ${authorization}`],
    ...ifMatch === null ? [] : [`If-Match: ${ifMatch}`],
    ...body === null ? [] : ["Content-Type: application/json"],
  ];
  return [
    STOP,
    // A warning is heard before it.
    "silent",
    "show-error",
    "include",
    "http1.1",
    "globoff",
    "path-as-is",
    // No BMC of a node can have a certificate that anybody could check.
    "insecure",
    'noproxy = "*"',
    'proto = "=https"',
    'user-agent = "pitboot"',
    `connect-timeout = ${seconds}`,
    `max-time = ${seconds}`,
    `write-out = "\\n${END_MARK}%{time_appconnect}\\n"`,
    ...isOld ? ["tlsv1.0", 'ciphers = "DEFAULT:@SECLEVEL=0"'] : [],
    ...pin === null ? [] : [`pinnedpubkey = ${quoted(pin)}`],
    `request = "${method}"`,
    ...headers.map((header) => `header = ${quoted(header)}`),
    ...body === null ? [] : [`data-binary = ${quoted(body)}`],
    `url = ${quoted(url)}`,
    "",
  ].join("\n");
}

/** As curl reads it in its configuration: nothing but these has a meaning there. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replace(/[\r\n\t\v]/g, " ")}"`;
}

/**
 * Tells whether nothing is read ahead by such a curl after a refusal.
 *
 * @param end What it has left behind.
 */
export function stopsAtRefusal({ stderr }: CurlEnd): boolean {
  return !stderr.includes(STOP);
}

/**
 * Reads what came of requests.
 *
 * @param end What curl has left behind.
 * @param most How many requests there were.
 * @returns A reply to each that was sent, to the first in any case.
 */
export function readReplies(
  end: CurlEnd,
  most = 1,
): readonly [RedfishReply, ...RedfishReply[]] {
  const [first = "", ...more] = partsOf(end.stdout, most);
  // It goes on only after what was answered.
  const replyTo = (stdout: string, i: number): RedfishReply =>
    readReply({ ...end, stdout, code: i < more.length ? 0 : end.code });
  return [
    replyTo(first, 0),
    ...more.map((stdout, i) => {
      const reply = replyTo(stdout, i + 1);
      // On a connection that was there it took no time to begin one.
      return reply.kind === "fault" ? { ...reply, mayBeSent: true } : reply;
    }),
  ];
}

/** What belongs to each request. Who forges our mark is misunderstood. */
function partsOf(stdout: string, most: number): readonly string[] {
  const parts: string[] = [];
  let rest = stdout;
  for (let at; parts.length < most - 1 && (at = endOfPart(rest)) > 0; rest = rest.slice(at)) {
    parts.push(rest.slice(0, at));
  }
  return rest !== "" || parts.length === 0 ? [...parts, rest] : parts;
}

/** @returns 0 where it has none. */
function endOfPart(stdout: string): number {
  const at = stdout.indexOf(`\n${END_MARK}`);
  return at < 0 ? 0 : stdout.indexOf("\n", at + 1) + 1;
}

function readReply({ code, stdout, stderr, isFlood }: CurlEnd): RedfishReply {
  const at = stdout.lastIndexOf(`\n${END_MARK}`);
  const answer = readAnswer(at < 0 ? stdout : stdout.slice(0, at));
  const isWhole = (code === 0 || code === REFUSED_CODE) && at >= 0;
  // Whoever refuses the password is not asked again for the rest of the answer.
  if (answer && (isWhole || answer.status === 401)) return answer;
  // A time of 0: it has not come so far as to speak.
  const time = at < 0 ? NaN : parseFloat(stdout.slice(at + END_MARK.length + 1));
  const isUnsent = time === 0 || code !== null && UNSENT.includes(code);
  const words = stderr.trim().split("\n").at(-1) ?? "";
  return {
    kind: "fault",
    // Without its last line not all of it has come here, however it ended.
    code: at < 0 && code === 0 ? null : code,
    mayBeSent: !isUnsent,
    isFlood,
    said: words || (code === null ? "curl was ended" : `curl ends with ${code}`),
  };
}

/** @returns `null` if it is none of HTTP. */
function readAnswer(stdout: string): RedfishAnswer | null {
  let rest = stdout;
  for (;;) {
    const status = Number(STATUS_LINE.exec(rest)?.[1]);
    const gap = /\r?\n\r?\n/.exec(rest);
    if (!status || !gap) return null;
    const head = rest.slice(0, gap.index);
    rest = rest.slice(gap.index + gap[0].length);
    // "100 Continue" is not the answer yet.
    if (status < 200) continue;
    return { kind: "answer", status, headers: headersOf(head), text: rest, json: jsonOf(rest) };
  }
}

function headersOf(head: string): ReadonlyMap<string, string> {
  const lines = head.split(/\r?\n/).slice(1);
  return new Map(lines.flatMap((line) => {
    const [, name, value = ""] = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), value] as const];
  }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}
