/**
 * The Redfish services of a lab's BMCs, all in one process: tcp_relay leads to
 * each of them from its BMC's namespace.
 *
 * ```
 * deno run -A fake.ts FILE
 * ```
 *
 * FILE is what {@linkcode Line}s it holds, as JSON. When all of them listen,
 * FILE.ready is there. Each request is a line of `requests` in its BMC's
 * directory, as {@linkcode Asked} says.
 *
 * @module
 */

import { type Reply, type Request, requestsOf, send, wordsOf } from "./http.ts";
import { type Loss, messageReply, type Mishap, mishapsOf, refusalOf, stepOf } from "./mishap.ts";
import { type Hands, type Outcome, type RedfishBmc, Service } from "./service.ts";

/** What the process is told of a BMC. */
export interface Line extends RedfishBmc {
  /** Its namespace. */
  readonly name: string;
  readonly directory: string;
  /** `bmc.sh`. */
  readonly script: string;
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
  /** Whether it leaves TLS to a server before it. */
  readonly isPlain: boolean;
  readonly user: string;
  readonly password: string;
}

/** A request that came. */
export interface Asked {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly step: string;
  /** Who asked: nobody, somebody whom it knows, or not. */
  readonly login: "none" | "right" | "wrong";
  /** If-Match as it came. */
  readonly match: string | null;
  readonly body: string;
  /** What it answered, or how that was lost. */
  readonly answer: string;
}

const LOSSES: readonly string[] = ["cut", "half", "silence", "away", "endless", "lost"];
/** Seconds that a wrong password costs with an iLO, and for which an AMI is locked. */
const WRONG_COSTS = 10;
const LOCKED_FOR = 30;

/** A service, and how it is reached. */
class Fake {
  readonly #line: Line;
  readonly #service: Service;
  readonly #mishaps: Mishap[];
  readonly #hands: Hands;
  #wrong = 0;
  #lockedUntil = 0;
  /** Answers 503 until then. */
  #startsUntil = 0;

  constructor(line: Line) {
    this.#line = line;
    this.#mishaps = mishapsOf(line.faults);
    this.#hands = {
      isDhcp: () => textOf(`${line.directory}/source`) === "dhcp\n",
      useDhcp: () => this.#run("set", "ip_addr_src", "dhcp"),
      enableIpmi: () => this.#run("ipmi"),
      goDown: () => this.#run("down", String(this.#number("restart") ?? 1)),
      comeBack: async () => {
        this.#startsUntil = Date.now() + 1000 * (this.#number("starts") ?? 0);
        await this.#run("back");
      },
      node: {
        isOn: () => this.#isOn(),
        switch: (isOn, said) => this.#switch(isOn, said),
        later: (milliseconds, act) => {
          setTimeout(act, milliseconds);
        },
      },
    };
    this.#service = new Service(line, this.#hands);
  }

  /** As ipmi_sim's plug-in has it, which goes on from there where IPMI is turned on. */
  #isOn(): boolean {
    const state = textOf(`${this.#line.directory}/power/state`);
    return (state ?? (this.#line.faults.includes("started") ? "on\n" : "off\n")) === "on\n";
  }

  #switch(isOn: boolean, said: string): void {
    const directory = `${this.#line.directory}/power`;
    Deno.mkdirSync(directory, { recursive: true });
    Deno.writeTextFileSync(`${directory}/state`, isOn ? "on\n" : "off\n");
    Deno.writeTextFileSync(`${directory}/log`, `${said}\n`, { append: true });
  }

  listen(): void {
    const { port, isPlain } = this.#line;
    const place = { hostname: "127.0.0.1", port };
    const pem = Deno.readTextFileSync(new URL("./bmc.pem", import.meta.url));
    const listener = isPlain
      ? Deno.listen(place)
      : Deno.listenTls({ ...place, cert: pem, key: pem.slice(pem.indexOf("-----BEGIN PRIVATE")) });
    (async () => {
      for await (const conn of listener) this.#serve(conn).catch(() => {});
    })();
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    try {
      for await (const request of requestsOf(conn)) {
        if (!await this.#converse(conn, request)) return;
      }
    } finally {
      conn.close();
    }
  }

  /** Whether the connection goes on. */
  async #converse(conn: Deno.Conn, asked: Request): Promise<boolean> {
    const { outcome, loss, wait } = this.#decide(asked);
    if (loss === "away") await this.#run("away");
    // What is lost was done, and by the time that somebody looks, it is so.
    if (loss !== null && loss !== "lost") outcome.then?.();
    if (loss === "away" || loss === "silence") return await forEver(conn);
    if (loss === "cut" || loss === "lost") return false;
    await delay(wait + Number(this.#number("slow") ?? 0));
    try {
      return await say(conn, outcome.reply, loss);
    } finally {
      // Whoever has gone meanwhile has asked for it.
      if (loss === null) await outcome.then?.();
    }
  }

  #decide(asked: Request): { outcome: Outcome; loss: Loss | null; wait: number } {
    const request = { ...asked, path: asked.path.replace(/(?<=.)\/$/, "") };
    const step = stepOf(request, this.#service.kind);
    const login = this.#login(asked);
    const mishap = this.#mishaps.find((each) =>
      each.left > 0 && [step, "any"].includes(each.step) &&
      // Who may is not asked at the root.
      !(each.what === "password" && step === "root") &&
      // To the slash it is led only once.
      !(each.what === "slash" && asked.path.endsWith("/"))
    );
    if (mishap) mishap.left--;
    const what = mishap?.what ?? "";
    const early = this.#early(asked, login);
    const refusal = early?.reply ?? refusalOf(what, asked);
    const loss = early === null && LOSSES.includes(what) ? what as Loss : null;
    const outcome = refusal
      ? { reply: refusal }
      : loss === "lost"
      ? { reply: { status: 500 } }
      : this.#service.answer(request);
    this.#note(asked, step, { login, answer: loss ?? String(outcome.reply.status) });
    return { outcome, loss, wait: early?.wait ?? 0 };
  }

  /** What it says before it looks at what is wanted. */
  #early(
    { path }: Request,
    login: Asked["login"],
  ): { reply: Outcome["reply"]; wait: number } | null {
    if (Date.now() < this.#startsUntil) return { reply: { status: 503, body: "" }, wait: 0 };
    const { kind } = this.#service;
    if (this.#line.kind === "ilo1" && !path.endsWith("/")) {
      return { reply: { status: 308, headers: { Location: `${path}/` } }, wait: 0 };
    }
    if (/^\/redfish(\/v1)?\/?$/.test(path)) return null;
    const isLocked = Date.now() < this.#lockedUntil;
    if (login === "right" && !isLocked) return null;
    const reply = messageReply(
      401,
      `${kind.messages.split(".")[0] === "iLO" ? "Base.1.4" : kind.messages}.NoValidSession`,
    );
    if (login !== "wrong") return { reply, wait: 0 };
    this.#wrong++;
    if (kind.tries === null) return { reply, wait: this.#wrong > 1 ? WRONG_COSTS * 1000 : 0 };
    if (this.#wrong >= kind.tries) this.#lockedUntil = Date.now() + LOCKED_FOR * 1000;
    return { reply, wait: 0 };
  }

  #login({ headers }: Request): Asked["login"] {
    const given = headers.get("authorization");
    if (given === undefined) return "none";
    const { user, password } = this.#line;
    const bytes = new TextEncoder().encode(`${user}:${password}`);
    return given === `Basic ${btoa(String.fromCharCode(...bytes))}` ? "right" : "wrong";
  }

  #note(
    { method, path, headers, body }: Request,
    step: string,
    { login, answer }: Pick<Asked, "login" | "answer">,
  ): void {
    const match = headers.get("if-match") ?? null;
    const asked: Asked = { at: Date.now(), method, path, step, login, match, body, answer };
    const file = `${this.#line.directory}/requests`;
    Deno.writeTextFileSync(file, `${JSON.stringify(asked)}\n`, { append: true });
  }

  /** What stands behind the name of a fault. */
  #number(name: string): number | null {
    const found = this.#line.faults.find((fault) => fault.startsWith(`${name}:`));
    return found === undefined ? null : Number(found.slice(name.length + 1));
  }

  async #run(...words: string[]): Promise<void> {
    const { name, script, directory } = this.#line;
    const args = ["netns", "exec", name, script, directory, ...words];
    const { success } = await new Deno.Command("ip", { args, stdin: "null" }).output();
    if (!success) console.error(`failed: ip ${args.join(" ")}`);
  }
}

/** Whether the connection goes on. */
async function say(conn: Deno.Conn, reply: Reply, loss: Loss | null): Promise<boolean> {
  const [head, body] = wordsOf(reply);
  if (loss === "endless") return await endlessly(conn);
  await send(conn, head + (loss === "half" ? body.slice(0, body.length / 2) : body));
  return loss === null;
}

/** Nothing more is said, however long one waits. */
async function forEver(conn: Deno.Conn): Promise<false> {
  const buffer = new Uint8Array(1024);
  while (await conn.read(buffer) !== null);
  return false;
}

/** Until nobody wants more; not faster than a BMC can. */
async function endlessly(conn: Deno.Conn): Promise<false> {
  await send(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{");
  const blanks = " ".repeat(65_536);
  while (true) {
    await send(conn, blanks);
    await delay(10);
  }
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null; // nothing has changed yet
  }
}

function delay(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((go) => setTimeout(go, ms));
}

if (import.meta.main) {
  const [file = ""] = Deno.args;
  const lines: Line[] = JSON.parse(Deno.readTextFileSync(file));
  for (const line of lines) new Fake(line).listen();
  Deno.writeTextFileSync(`${file}.ready`, "");
}
