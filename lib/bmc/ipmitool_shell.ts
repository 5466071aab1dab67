/**
 * One session with a BMC: a running `ipmitool shell`.
 *
 * ipmitool opens one IPMI session and reads commands from its standard input.
 * Through readline it prints its prompt after each, also into a pipe: that is
 * how we know that an answer is complete.
 *
 * It must not be left to itself. At the end of its input it does not end: it
 * sends keepalives as fast as it can. So it is told to `exit`, which closes the
 * session, too; or gets SIGINT, at which it closes the session; or, at last,
 * SIGKILL. And if we are killed ourselves? {@linkcode TALKATIVE} then makes the
 * first keepalive write to a pipe that nobody reads, and that ends it.
 *
 * @module
 */

import { lastWords } from "../io/last_words.ts";
import { LATE, within, withinTurns } from "../io/within.ts";
import { found, type Trouble } from "./finding.ts";
import { type BmcAnswer, type IpmiCommand, parseAnswer, spelled } from "./ipmi.ts";
import { type Session, SessionLost, type SessionOptions, type SessionTarget } from "./session.ts";
import { signalTree } from "./signal_tree.ts";
import { startIpmitool } from "./start_ipmitool.ts";
import { LineLog, RecentText } from "./transcript.ts";

const PROMPT = "ipmitool> ";
/** They go to all that was started from a terminal, or by a service. */
const OURS: ReadonlySet<string> = new Set(["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"]);
const AT_INTERRUPT = "SIGN INT: Close Interface";
/** Not before the session is open: until then it would tell its keys. */
const TALKATIVE = "set verbose 2";
/** Lines that say the same as ours of the command and its answer. */
const TOLD = /^\s*$|^RAW |^>> +data|^(?: [0-9a-f]{2})+ *$/i;
/** Milliseconds for closing a session where nobody is in a hurry. */
const PATIENT_MS = 3000;
/** Where we stood still ourselves, one that has ended is heard in one of them. */
const CLOSING_TURNS = 4;
/** Nobody who does what we ask prints so many bytes, in the longest of sessions. */
const FLOOD = 16 * 1024 * 1024;
/** A shell says so of a signal that has ended what it ran. */
const SIGNALLED = 128;

/** A session with a BMC through ipmitool. */
export class IpmitoolShell implements Session {
  isOpen = false;
  wasInterrupted = false;
  mishap: Trouble | null = null;
  hanging: number | null = null;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #readers: ReadableStreamDefaultReader<string>[] = [];
  readonly #ended: Promise<void>;
  readonly #log: LineLog;
  readonly #closingMs: number;
  readonly #hurry = new AbortController();
  /** What it has printed since its last prompt. */
  readonly #printed = new RecentText();
  readonly #said = new RecentText();
  #size = 0;
  #closing: Promise<void> | null = null;
  #news = Promise.withResolvers<void>();
  #hasEnded = false;
  /** How it has ended. */
  #end = "ipmitool does not end";

  /**
   * Starts ipmitool. Whether the BMC accepts the session shows when it
   * {@linkcode opens}.
   *
   * @throws {Deno.errors.NotFound} If there is no ipmitool.
   */
  constructor(
    target: SessionTarget,
    { signal, log, closing, ...options }: SessionOptions,
  ) {
    this.#child = startIpmitool(target, options);
    this.#log = new LineLog((line) => {
      if (!TOLD.test(line)) log(line);
    });
    this.#closingMs = closing * 1000;
    const { stdin, stdout, stderr, status } = this.#child;
    this.#input = stdin.getWriter();
    const read = [
      this.#read(stdout, (text) => this.#printed.add(text)),
      this.#read(stderr, (text) => this.#hear(text)),
    ];
    this.#ended = status.then(async (status) => {
      await lastWords(Promise.all(read));
      this.#hear("\n"); // the end of a last line without one
      this.#conclude(status);
    });
    const close = (): void => {
      this.#hurry.abort();
      this.#close();
    };
    if (signal.aborted) close();
    else signal.addEventListener("abort", close, { once: true });
    this.#ended.then(() => signal.removeEventListener("abort", close));
  }

  get said(): string {
    return this.#said.text;
  }

  async opens(): Promise<void> {
    await this.#reply();
    this.isOpen = true;
    await this.#tell(TALKATIVE);
  }

  async ask(command: IpmiCommand): Promise<BmcAnswer> {
    const line = spelled(command);
    this.#log.write(`> ${line}`);
    const before = this.#said.length;
    const reply = await this.#tell(line);
    if (reply !== "") this.#log.write(`< ${reply.trim() || "done"}`);
    // A refusal comes through the other pipe, perhaps a little later.
    return await this.#until(() => parseAnswer(reply, this.#said.since(before)));
  }

  /** Closes the session, and ends ipmitool. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    for (const reader of this.#readers) await reader.cancel().catch(() => {});
  }

  /** @returns What ipmitool printed for a line. */
  async #tell(line: string): Promise<string> {
    try {
      await this.#input.write(new TextEncoder().encode(`${line}\n`));
    } catch (error) {
      throw new SessionLost("the session ended", { cause: error });
    }
    return await this.#reply();
  }

  /** Waits for the prompt. @returns What stands before it, without the echo of the command. */
  #reply(): Promise<string> {
    return this.#until(() => this.#printed.takeUntil(PROMPT)?.replace(/^.*\n/, "") ?? null);
  }

  /** Waits until there is something to take. */
  async #until<T>(take: () => T | null): Promise<T> {
    for (;;) {
      const taken = take();
      if (taken !== null) return taken;
      if (this.#hasEnded) throw new SessionLost(this.#end);
      await this.#news.promise;
    }
  }

  async #read(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    this.#readers.push(reader);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      take(value);
      this.#size += value.length;
      if (this.#size > FLOOD) this.#endFlood();
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    }
  }

  #endFlood(): void {
    this.mishap ??= found("not-understood", "ipmitool prints without end");
    this.#hurry.abort();
    this.#close();
  }

  #hear(text: string): void {
    this.#said.add(text);
    this.#log.add(text);
  }

  /** There will be no more to take. */
  #conclude(end: Deno.CommandStatus): void {
    // What we have ended ourselves had no mishap.
    if (!this.#closing) {
      const { text } = this.#printed;
      this.wasInterrupted = OURS.has(end.signal ?? "") || text.includes(AT_INTERRUPT);
      if (!this.wasInterrupted) this.mishap = mishapOf(end);
    }
    this.#end = this.mishap?.message ?? `ipmitool ended by itself, exit status ${end.code}`;
    this.#stopWaiting();
  }

  #stopWaiting(): void {
    this.#hasEnded = true;
    this.#news.resolve();
  }

  #close(): Promise<void> {
    return this.#closing ??= this.#closeOnce();
  }

  /** Asks ipmitool to end, then urges it, then forces it. */
  async #closeOnce(): Promise<void> {
    this.#input.write(new TextEncoder().encode("exit\n")).catch(() => {});
    // A busy BMC may take its time, but not that of a deadline.
    const signal = this.#hurry.signal;
    await within(this.#ended, { milliseconds: PATIENT_MS, signal });
    await within(this.#ended, { milliseconds: this.#closingMs / 3 });
    if (!this.#hasEnded) await this.#force();
    // One that hangs has not read what it was sent, and never will.
    await (this.hanging === null ? this.#input.close() : this.#input.abort()).catch(() => {});
  }

  async #force(): Promise<void> {
    const { pid } = this.#child;
    // While it waits for an answer it does not read, but it hears a signal. Where
    // it is a script, that is for what it has started; it must not go on alone.
    const isScript = await signalTree("INT", pid);
    if (!isScript) this.#kill("SIGINT");
    await within(this.#ended, { milliseconds: this.#closingMs / 2 });
    if (isScript) await signalTree("KILL", pid);
    this.#kill("SIGKILL");
    const turns = { turns: CLOSING_TURNS, milliseconds: this.#closingMs / CLOSING_TURNS };
    if (await withinTurns(this.#ended, turns) !== LATE) return;
    this.hanging = pid;
    this.#stopWaiting();
  }

  #kill(signal: Deno.Signal): void {
    if (this.#hasEnded) return;
    try {
      this.#child.kill(signal);
    } catch {
      // it has just ended by itself
    }
  }
}

/** What has ended it, if it was not itself. */
function mishapOf({ code, signal }: Deno.CommandStatus): Trouble | null {
  if (signal !== null) return found("ipmitool-died", `ipmitool was ended by ${signal}`);
  if (code <= SIGNALLED) return null;
  const words = `exit status ${code}, as of signal ${code - SIGNALLED}`;
  return found("ipmitool-died", `ipmitool ended with ${words}`);
}
