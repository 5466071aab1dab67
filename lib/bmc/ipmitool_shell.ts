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

import { within } from "../io/within.ts";
import { type BmcAnswer, type IpmiCommand, parseAnswer, spelled } from "./ipmi.ts";
import { PATIENCE } from "./next_attempt.ts";
import { type Session, SessionLost, type SessionOptions, type SessionTarget } from "./session.ts";

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
/** Milliseconds for the rest of what an ended process has written to get here. */
const REST_MS = 100;

/** A session with a BMC through ipmitool. */
export class IpmitoolShell implements Session {
  said = "";
  isOpen = false;
  wasInterrupted = false;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #readers: ReadableStreamDefaultReader<string>[] = [];
  readonly #ended: Promise<void>;
  readonly #log: (line: string) => void;
  readonly #closingMs: number;
  readonly #hurry = new AbortController();
  #closing: Promise<void> | null = null;
  #news = Promise.withResolvers<void>();
  #hasEnded = false;
  /** The output since the last prompt. */
  #printed = "";

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
    this.#log = log;
    this.#closingMs = closing * 1000;
    const { stdin, stdout, stderr, status } = this.#child;
    this.#input = stdin.getWriter();
    const read = [
      this.#read(stdout, (text) => this.#printed += text),
      this.#read(stderr, (text) => this.#hear(text)),
    ];
    this.#ended = status.then(async () => {
      // A process that it left behind may hold its pipes for ever.
      await within(Promise.all(read), { milliseconds: REST_MS });
      this.#hasEnded = true;
      this.#hear("\n"); // the end of a last line without one
      this.#news.resolve();
    });
    const close = (): void => {
      this.#hurry.abort();
      this.#close();
    };
    if (signal.aborted) close();
    else signal.addEventListener("abort", close, { once: true });
    status.then(() => signal.removeEventListener("abort", close));
  }

  async opens(): Promise<void> {
    await this.#reply();
    this.isOpen = true;
    await this.#tell(TALKATIVE);
  }

  async ask(command: IpmiCommand): Promise<BmcAnswer> {
    const line = spelled(command);
    this.#log(`> ${line}`);
    const before = this.said.length;
    const reply = await this.#tell(line);
    if (reply !== "") this.#log(`< ${reply.trim() || "done"}`);
    // A refusal comes through the other pipe, perhaps a little later.
    return await this.#until(() => parseAnswer(reply, this.said.slice(before)));
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
    return this.#until(() => {
      const at = this.#printed.indexOf(PROMPT);
      if (at < 0) return null;
      const reply = this.#printed.slice(0, at);
      this.#printed = this.#printed.slice(at + PROMPT.length);
      return reply.replace(/^.*\n/, "");
    });
  }

  /** Waits until there is something to take. */
  async #until<T>(take: () => T | null): Promise<T> {
    for (;;) {
      const taken = take();
      if (taken !== null) return taken;
      if (this.#hasEnded) {
        const { code, signal } = await this.#child.status;
        this.wasInterrupted = OURS.has(signal ?? "") || this.#printed.includes(AT_INTERRUPT);
        throw new SessionLost(`ipmitool ended by ${signal ?? `itself, exit status ${code}`}`);
      }
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
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    }
  }

  /** Takes a part of standard error; what has become a whole line is logged. */
  #hear(text: string): void {
    const begin = this.said.lastIndexOf("\n") + 1;
    this.said += text;
    const end = this.said.lastIndexOf("\n");
    if (end < begin) return;
    for (const line of this.said.slice(begin, end).split("\n")) {
      if (!TOLD.test(line)) this.#log(line);
    }
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
    if (!this.#hasEnded) {
      // While it waits for an answer it does not read, but it hears a signal. Where
      // it is a script, that is for what it has started; it must not go on alone.
      const isScript = await signalChildren("INT", this.#child.pid);
      if (!isScript) this.#kill("SIGINT");
      await within(this.#ended, { milliseconds: this.#closingMs / 2 });
      if (isScript) await signalChildren("KILL", this.#child.pid);
      this.#kill("SIGKILL");
    }
    await this.#ended;
    await this.#input.close().catch(() => {});
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

function startIpmitool(
  { address, port, user, key }: SessionTarget,
  { suite, patience, password, path, ignoresHangup }: Omit<
    SessionOptions,
    "signal" | "log" | "closing"
  >,
): Deno.ChildProcess {
  const { seconds, times } = PATIENCE[patience] ?? PATIENCE[0];
  return new Deno.Command("ipmitool", {
    // -v names the reason if a password is refused, and the suite it takes.
    // deno-fmt-ignore
    args: ["-v", "-I", "lanplus", ...suite === null ? [] : ["-C", String(suite)],
      "-N", String(seconds), "-R", String(times), "-U", user, "-E", ...key === null ? [] : ["-K"], "-H", address,
        ...port === null ? [] : ["-p", String(port)], "shell"],
    // TERM and INPUTRC: readline must not colour or rebind anything.
    env: {
      IPMITOOL_PASSWORD: password,
      ...(key === null ? {} : { IPMI_KGKEY: key }),
      LC_ALL: "C",
      TERM: "dumb",
      INPUTRC: "/dev/null",
      ...(path === undefined ? {} : { PATH: path }),
    },
    clearEnv: true,
    // Else not `detached`: that forks all of our memory, which takes longer than
    // the session. At ^C ipmitool hears it, too, and closes its session.
    detached: ignoresHangup,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What a shell does for {@linkcode signalChildren}: `$0` is the signal, `$1` the process. */
const SIGNAL_CHILDREN =
  'read -r children </proc/$1/task/$1/children; [ "$children" ] && kill -"$0" $children';

/**
 * Signals what a process has started, by a shell: Deno itself may neither look nor
 * signal.
 *
 * @returns Whether there was anything.
 */
async function signalChildren(signal: "INT" | "KILL", pid: number): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("sh", {
      args: ["-c", SIGNAL_CHILDREN, signal, String(pid)],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false; // there is no shell: they will find their pipes closed
  }
}
