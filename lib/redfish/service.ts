/**
 * The Redfish service of a BMC: sends requests to it, one at a time, and writes down what
 * it says.
 *
 * @module
 */

import { codeOf, isNoProgram, reasonOf } from "../io/failures.ts";
import { type Later, pause } from "../io/within.ts";
import { printable } from "../text/printable.ts";
import type { RunCurl } from "./curl.ts";
import {
  type CurlEnd,
  type CurlRequest,
  readReplies,
  type RedfishReply,
  stopsAtRefusal,
} from "./curl_config.ts";
import { messageIds } from "./messages.ts";
import { isRedfishPath } from "./payload.ts";

/** How a service is spoken to. */
export interface ServiceOptions {
  /** Address or name; an IPv6 address without brackets. */
  readonly address: string;
  /** The hash of its public key; `null` for any. */
  readonly pin: string | null;
  /** Sends a request. */
  readonly run: RunCurl;
  /** Ends all of it. */
  readonly signal: AbortSignal;
  /** Sets a timer. */
  readonly later: Later;
  /** Takes each line that is said, for the log. */
  log(line: string): void;
}

/** A request, as far as callers choose it. */
export interface RedfishCall extends Pick<CurlRequest, "method"> {
  /** Below `/redfish/`. */
  readonly path: string;
  /** What is sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** @default {null} */
  readonly etag?: string | null;
  /** @default {10} */
  readonly seconds?: number;
  /**
   * What will be read next, whatever comes of it: it is read in the same go, which spares a
   * curl and the beginning of a connection, but never after a refusal. @default {[]}
   */
  readonly ahead?: readonly string[];
}

/** Host names, and addresses, of which nothing else can be meant. */
const SERVER_NAME = /^(?:[\w.-]+|[\da-fA-F:.]+)$/;
const USUAL_SECONDS = 10;
/** A BMC that has just started takes its time for the first one. */
const FIRST_SECONDS = 20;
const MOST_HOPS = 2;
/** The codes of a server that moves for good, or for now; the request stays the same. */
const MOVED: readonly number[] = [301, 302, 307, 308];
/** What curl says where no way was found to speak with a server. */
const NO_HANDSHAKE = 35;
/** Milliseconds until a curl may be started for which there was no file descriptor. */
const DESCRIPTOR_MS = 200;
/** So much of what it says stands in the log. */
const LOGGED = 400;

/** The Redfish service of a BMC. */
export class RedfishService {
  readonly #options: ServiceOptions;
  #authorization: string | null = null;
  #isOld = false;
  #isFirst = true;
  /** What was read ahead, by path, until it is asked for or something is written. */
  readonly #ahead = new Map<string, RedfishReply>();
  /** Whether curl reads nothing ahead after a refusal. */
  #canStop = false;
  /** What has refused the password, which is sent no more: some lock its user after a few. */
  #refusal: RedfishReply | null = null;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /** Sends user and password with each request from now on: sessions run out, and stay open. */
  logIn(user: string, password: string): void {
    const bytes = new TextEncoder().encode(`${user}:${password}`);
    this.#authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  }

  /**
   * Sends a request; where it is redirected to the same server, there, too.
   *
   * @throws {Deno.errors.NotFound} If there is no curl.
   */
  async send(call: RedfishCall): Promise<RedfishReply> {
    let { path } = call;
    const { ahead = [], ...alone } = call;
    for (let hops = 0;; hops++) {
      const reply = this.#takeAhead({ ...call, path }) ?? this.#refusal ??
        await this.#sendOld(hops === 0 ? { ...alone, path, ahead } : { ...alone, path });
      const next = hops < MOST_HOPS ? this.#redirection(reply, path) : null;
      if (next === null) return reply;
      path = next;
    }
  }

  #takeAhead({ method, path }: RedfishCall): RedfishReply | undefined {
    const reply = method === "GET" ? this.#ahead.get(path) : undefined;
    if (method === "GET") this.#ahead.delete(path);
    else this.#ahead.clear();
    return reply;
  }

  #redirection(reply: RedfishReply, path: string): string | null {
    if (reply.kind === "fault" || !MOVED.includes(reply.status)) return null;
    const here = this.#url(path);
    // Without one it is told to go nowhere.
    const there = URL.parse(reply.headers.get("location") || "http:", here);
    if (!there || there.origin !== new URL(here).origin || there.username) return null;
    const next = there.pathname + there.search;
    return isRedfishPath(next) ? next : null;
  }

  /** Servers that are too old to be safe speak with nobody who insists on that. */
  async #sendOld(call: RedfishCall): Promise<RedfishReply> {
    const reply = await this.#sendOnce(call);
    if (reply.kind === "answer" || reply.code !== NO_HANDSHAKE || this.#isOld) return reply;
    this.#isOld = true;
    const second = await this.#sendOnce(call);
    this.#isOld = second.kind === "answer";
    return this.#isOld ? second : reply;
  }

  async #sendOnce(call: RedfishCall): Promise<RedfishReply> {
    const {
      method,
      path,
      body,
      etag = null,
      seconds = this.#isFirst ? FIRST_SECONDS : USUAL_SECONDS,
    } = call;
    const ahead = this.#canStop ? call.ahead ?? [] : [];
    const json = body === undefined ? null : JSON.stringify(body);
    this.#options.log(`> ${method} ${path}${json === null ? "" : ` ${json}`}`);
    for (const path of ahead) this.#options.log(`> GET ${path}`);
    const end = await this.#run({
      method,
      seconds,
      body: json,
      ifMatch: etag,
      url: this.#url(path),
      isOld: this.#isOld,
      authorization: this.#authorization,
      pin: this.#options.pin,
      ahead: ahead.map((path) => this.#url(path)),
    });
    const replies = readReplies(this.#withoutSecret(end), 1 + ahead.length);
    const [reply, ...more] = replies;
    this.#isFirst &&= reply.kind === "fault";
    if (reply.kind === "answer") this.#canStop = stopsAtRefusal(end);
    if (this.#authorization !== null) this.#refusal = replies.find(isOfPassword) ?? null;
    for (const [i, each] of more.entries()) this.#ahead.set(ahead[i] ?? "", each);
    for (const each of replies) this.#options.log(`< ${spokenReply(each)}`);
    return reply;
  }

  async #run(request: CurlRequest): Promise<CurlEnd> {
    const { run, signal, later } = this.#options;
    if (!SERVER_NAME.test(this.#options.address)) {
      return notRun(6, "its address is not one of a server");
    }
    for (;;) {
      try {
        return await run(request, signal);
      } catch (error) {
        if (isNoProgram(error)) throw error;
        if (codeOf(error) !== "EMFILE") return notRun(2, `curl: ${reasonOf(error)}`);
        if (signal.aborted) return notRun(2, "curl: too many open files");
        await pause(DESCRIPTOR_MS, signal, later);
      }
    }
  }

  /** A server may send back what it was sent. */
  #withoutSecret(end: CurlEnd): CurlEnd {
    const [, secret] = this.#authorization?.split(" ") ?? [];
    return secret ? { ...end, stdout: end.stdout.replaceAll(secret, "********") } : end;
  }

  #url(path: string): string {
    const { address } = this.#options;
    return `https://${address.includes(":") ? `[${address}]` : address}${path}`;
  }
}

function notRun(code: number, stderr: string): CurlEnd {
  return { code, stderr, stdout: "", isFlood: false };
}

function isOfPassword(reply: RedfishReply): boolean {
  return reply.kind === "answer" && reply.status === 401;
}

/** What came, in a line: of what was read well nothing but that it was. */
function spokenReply(reply: RedfishReply): string {
  if (reply.kind === "fault") return reply.said;
  const { status, json, text } = reply;
  const isWell = status >= 200 && status < 300 && json !== undefined;
  const ids = messageIds(json);
  return [
    status,
    ...ids,
    ...isWell || text === "" ? [] : [printable(text.replace(/\s+/g, " "), LOGGED)],
  ].join(" ");
}
