/**
 * A Redfish service without a network: curl is answered by the service that the lab has.
 *
 * @module
 */

import type { RunCurl } from "../lib/redfish/curl.ts";
import type { CurlEnd, CurlRequest } from "../lib/redfish/curl_config.ts";
import { RedfishService } from "../lib/redfish/service.ts";
import { type RedfishResult, RedfishWalk, type WalkOptions } from "../lib/redfish/redfish_walk.ts";
import { FakeClock } from "./fake_clock.ts";
import { type Reply, type Request, wordsOf } from "./lab/redfish/http.ts";
import type { KindName } from "./lab/redfish/kind.ts";
import { type Mishap, mishapsOf, refusalOf, type Step, stepOf } from "./lab/redfish/mishap.ts";
import { Service } from "./lab/redfish/service.ts";

/** The address and the MAC of a BMC that is asked here. */
export const KNOWN = { mac: "94:40:c9:37:d3:fc", address: "10.254.1.15" };
const LOGIN = `Basic ${btoa("root:initial0")}`;

/** How an answer gets lost: with this exit code of curl, and whether the request was done. */
const LOSSES: Readonly<Record<string, readonly [code: number, isDone: boolean]>> = {
  cut: [52, true],
  half: [18, true],
  silence: [28, true],
  away: [28, true],
  lost: [52, false],
};

/** One BMC, as curl sees it. */
export class FakeRedfish {
  /** Each request, in short. */
  readonly steps: Step[] = [];
  /** Each request, as curl was told. */
  readonly asked: CurlRequest[] = [];
  /** The writes that it has accepted. */
  readonly accepted: Step[] = [];
  /** What was written, in the order in which it took effect. */
  readonly done: string[] = [];
  /** How its node was switched: `off`, or `on` and the boot flags of then. */
  readonly switched: string[] = [];
  isOn: boolean;
  /** Sets a timer for what comes late. */
  later: (milliseconds: number, act: () => void) => void = () => {};
  isDhcp = false;
  isIpmiOn = false;
  readonly #service: Service;
  readonly #mishaps: Mishap[];
  /** It answers nothing any more at the address that it had. */
  #isGone = false;
  /** So many requests are done, and of the last one nobody hears: who asked was killed. */
  most: number = Infinity;
  /** Whether curl knows how to stop at a refusal. */
  isOldCurl = false;
  readonly #kind: KindName;

  constructor(kind: KindName, faults: readonly string[] = []) {
    this.#kind = kind;
    this.#mishaps = mishapsOf(faults);
    this.isOn = faults.includes("started");
    const bmc = { kind, faults, mac: KNOWN.mac, address: KNOWN.address, ip: "10.254.1.99" };
    this.#service = new Service(bmc, {
      isDhcp: () => this.isDhcp,
      useDhcp: () => this.#note("dhcp", () => this.isDhcp = true),
      enableIpmi: () => this.#note("ipmi", () => this.isIpmiOn = true),
      goDown: () => this.#note("reset", () => {}),
      comeBack: () => Promise.resolve(),
      node: {
        isOn: () => this.isOn,
        switch: (isOn, line) => {
          this.isOn = isOn;
          this.switched.push(line);
        },
        later: (milliseconds, act) => this.later(milliseconds, act),
      },
    });
  }

  /** As curl would be. */
  readonly run: RunCurl = async (request, signal) => {
    const { ahead = [], ...alone } = request;
    let end = await this.#ask(alone, signal);
    for (const url of ahead) {
      if (end.code !== 0) break;
      const read = { ...alone, method: "GET", url, ifMatch: null, body: null } as const;
      const next = await this.#ask(read, signal);
      end = { ...next, stdout: end.stdout + next.stdout };
    }
    if (!this.isOldCurl) return end;
    return { ...end, stderr: "Warning: <stdin>:2: warning: 'fail-with-body' is unknown\n" };
  };

  async #ask(request: CurlRequest, signal: AbortSignal): Promise<CurlEnd> {
    this.asked.push(request);
    const { method, url, body, ifMatch, authorization } = request;
    const headers = new Map(ifMatch === null ? [] : [["if-match", ifMatch]]);
    const path = url.replace(/^https:\/\/[^/]*/, "");
    const asked: Request = { method, path, headers, body: body ?? "" };
    const step = stepOf({ ...asked, path: path.replace(/\/$/, "") }, this.#service.kind);
    this.steps.push(step);
    if (this.#isGone) return ended(28, "", "Connection timed out", 0);
    const mishap = this.#mishaps.find((each) =>
      each.left > 0 && [step, "any"].includes(each.step) &&
      !(each.what === "slash" && path.endsWith("/"))
    );
    if (mishap) mishap.left--;
    const reply = this.#early(asked, authorization) ?? refusalOf(mishap?.what ?? "", asked);
    if (reply) return this.#whole(reply);
    return await this.#answer(asked, mishap?.what ?? "", signal);
  }

  #early({ path }: Request, authorization: string | null): Reply | null {
    if (this.#kind === "ilo1" && !path.endsWith("/")) {
      return { status: 308, headers: { Location: `${path}/` } };
    }
    if (/^\/redfish(\/v1)?\/?$/.test(path) || authorization === LOGIN) return null;
    return { status: 401, body: '{"error":{"code":"Base.1.4.NoValidSession"}}' };
  }

  async #answer(request: Request, what: string, signal: AbortSignal): Promise<CurlEnd> {
    const path = request.path.replace(/(?<=.)\/$/, "");
    if (what === "endless") return { code: null, stdout: "{", stderr: "", isFlood: true };
    const [code, isDone = true] = LOSSES[what] ?? [];
    const { reply, then } = isDone ? this.#service.answer({ ...request, path }) : { reply: null };
    const step = this.steps.at(-1);
    if (reply && reply.status < 300 && request.method !== "GET" && step) this.accepted.push(step);
    await then?.();
    if (what === "away") this.#isGone = true;
    if (this.steps.length >= this.most) return await forEver(signal);
    return reply && code === undefined ? this.#whole(reply) : ended(code ?? 52, "", "lost");
  }

  #whole(reply: Reply): CurlEnd {
    const isStop = reply.status >= 400 && !this.isOldCurl;
    return ended(isStop ? 22 : 0, wordsOf(reply).join(""), isStop ? "it returned error" : "");
  }

  #note(word: string, act: () => void): Promise<void> {
    this.done.push(word);
    act();
    return Promise.resolve();
  }
}

function ended(code: number, stdout: string, said: string, seconds = 0.004): CurlEnd {
  const stderr = said && `curl: (${code}) ${said}\n`;
  return { code, stdout: `${stdout}\n== pitboot ${seconds}\n`, stderr, isFlood: false };
}

async function forEver(signal: AbortSignal): Promise<CurlEnd> {
  if (!signal.aborted) {
    await new Promise((go) => signal.addEventListener("abort", go, { once: true }));
  }
  return { code: null, stdout: "", stderr: "", isFlood: false };
}

/** What became of a walk, and what was said. */
export interface Walked extends RedfishResult {
  readonly log: readonly string[];
  readonly opened: number;
  /** Whether no timer is left. */
  readonly isClean: boolean;
}

/**
 * Walks through a BMC, on a clock that does not take time.
 *
 * @param bmc The BMC.
 * @param options What is not as usual.
 */
export async function walk(
  bmc: FakeRedfish,
  options: Partial<WalkOptions> & { readonly pin?: string } = {},
): Promise<Walked> {
  const clock = new FakeClock();
  const deadline = new AbortController();
  const stop = clock.later(30_000, () => deadline.abort());
  const log: string[] = [];
  let opened = 0;
  const { signal } = deadline;
  const service = new RedfishService({
    address: KNOWN.address,
    pin: options.pin ?? null,
    run: bmc.run,
    signal,
    later: clock.later,
    log: (line) => log.push(line),
  });
  const walk = new RedfishWalk(service, KNOWN, {
    user: "root",
    password: "initial0",
    root: null,
    onlyIpmi: false,
    reset: false,
    timeout: 30,
    signal,
    interrupt: new AbortController().signal,
    later: clock.later,
    mayTry: () => Promise.resolve(true),
    giveWay: () => Promise.resolve(),
    onOpen: () => opened++,
    ...options,
  });
  const walked = walk.run();
  await clock.advance(60_000);
  const result = await walked;
  stop();
  return { ...result, log, opened, isClean: clock.waiting === 0 };
}
