/**
 * A BMC and the sessions with it, without ipmitool: what it answers is said by a test.
 *
 * @module
 */

import { type BmcAnswer, type IpmiCommand, spelled } from "../lib/bmc/ipmi.ts";
import { type OpenSession, type Session, SessionLost } from "../lib/bmc/session.ts";

/** What is asked of a BMC. */
export type Kind =
  | "channel"
  | "source"
  | "progress"
  | "begin"
  | "write"
  | "commit"
  | "complete"
  | "reset";

/**
 * What a BMC replies: bytes, a completion code, nothing; or the session breaks, or
 * hangs until somebody closes it.
 */
export type Reply = readonly number[] | number | "silent" | "lost" | "hangs";

/** The replies of a BMC to each kind of command, one after another; the last one stays. */
export type Replies = Partial<Record<Kind, readonly Reply[]>>;

/** A BMC with a static address on channel 1, but for what a test says. */
export class FakeBmc {
  /** What was asked, in short. */
  readonly asked: Kind[] = [];
  /** The commands as ipmitool would have got them. */
  readonly lines: string[] = [];
  readonly #left: Map<Kind, Reply[]>;
  #isDhcp = false;

  constructor(replies: Replies = {}) {
    this.#left = new Map(
      Object.entries(replies).map(([kind, each]) => [kind as Kind, [...each]]),
    );
  }

  /** What it replies next. */
  reply(command: IpmiCommand): Reply {
    const kind = kindOf(command);
    this.asked.push(kind);
    this.lines.push(spelled(command));
    const left = this.#left.get(kind);
    const reply = (left && left.length > 1 ? left.shift() : left?.[0]) ?? this.#usual(kind);
    if (kind === "write" && typeof reply === "object") this.#isDhcp = true;
    return reply;
  }

  #usual(kind: Kind): Reply {
    switch (kind) {
      case "channel":
        return [1, 4, 1, 0x80];
      case "source":
        return [0x11, this.#isDhcp ? 2 : 1];
      case "progress":
        return [0x11, 0];
      default:
        return [];
    }
  }
}

/** How a session opens: with what ipmitool says, and `lost` or `hangs` if it does not. */
export interface Opening extends Partial<Pick<Session, "mishap" | "hanging">> {
  readonly said?: string;
  readonly fails?: "lost" | "hangs";
}

/** A session with a {@linkcode FakeBmc}. */
export class FakeSession implements Session {
  readonly said: string;
  isOpen = false;
  wasInterrupted = false;
  readonly mishap: Session["mishap"];
  readonly hanging: number | null;
  /** Whether it was closed. */
  isClosed = false;
  readonly #bmc: FakeBmc;
  readonly #opening: Opening;
  readonly #signal: AbortSignal;

  constructor(bmc: FakeBmc, opening: Opening, signal: AbortSignal) {
    this.#bmc = bmc;
    this.#opening = opening;
    this.#signal = signal;
    this.said = opening.said ?? "";
    this.mishap = opening.mishap ?? null;
    this.hanging = opening.hanging ?? null;
  }

  async opens(): Promise<void> {
    const { fails } = this.#opening;
    if (fails === "hangs") await aborted(this.#signal);
    if (fails) throw new SessionLost("ipmitool ended by itself, exit status 1");
    this.isOpen = true;
  }

  async ask(command: IpmiCommand): Promise<BmcAnswer> {
    const reply = this.#bmc.reply(command);
    if (reply === "hangs") await aborted(this.#signal);
    if (reply === "hangs" || reply === "lost") throw new SessionLost("the session ended");
    if (reply === "silent") return { kind: "silent" };
    return typeof reply === "number"
      ? { kind: "refused", code: reply }
      : { kind: "data", data: reply };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/**
 * Opens sessions with a BMC.
 *
 * @param bmc Whose they are.
 * @param openings How each opens, one after another; those that follow open well.
 * @returns `tried`: the suite and the patience of each.
 */
export function opener(bmc: FakeBmc, openings: readonly Opening[] = []): {
  open: OpenSession;
  sessions: FakeSession[];
  tried: [suite: number | null, patience: number][];
} {
  const sessions: FakeSession[] = [];
  const tried: [number | null, number][] = [];
  const open: OpenSession = (_target, { suite, patience, signal }) => {
    tried.push([suite, patience]);
    const session = new FakeSession(bmc, openings[sessions.length] ?? {}, signal);
    sessions.push(session);
    return session;
  };
  return { open, sessions, tried };
}

function kindOf([fn, number, , parameter, value]: IpmiCommand): Kind {
  if (fn === 6) return number === 0x42 ? "channel" : "reset";
  if (number === 2) return parameter === 4 ? "source" : "progress";
  if (parameter === 4) return "write";
  return value === 1 ? "begin" : value === 2 ? "commit" : "complete";
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
