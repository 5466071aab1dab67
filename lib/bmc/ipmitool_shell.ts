/**
 * One session with a BMC: a running `ipmitool shell`.
 *
 * ipmitool opens one IPMI session and reads commands from its standard input.
 * Through readline it prints its prompt after each, also into a pipe: that is
 * how we know that an answer is complete.
 *
 * @module
 */

import type { BmcTarget } from "./bmc_targets.ts";
import { isUnanswered } from "./ipmi.ts";

const PROMPT = "ipmitool> ";

/** How to open a session. */
export interface SessionOptions {
  /** IPMI v2 cipher suite. */
  readonly cipher: number;
  /** Seconds until a question is asked again. */
  readonly patience: number;
  readonly password: string;
  /** The search path for ipmitool, if there is one. */
  readonly path: string | undefined;
  /** Ends the session, whatever it is doing. */
  readonly signal: AbortSignal;
}

/** The session ended before it gave an answer. */
export class SessionLost extends Error {
  override readonly name = "SessionLost";
}

/** A session with a BMC. */
export class IpmitoolShell implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<void>;
  #pending = "";
  #said = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#output = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#errors = this.#readErrors();
  }

  /**
   * Starts ipmitool. Whether the BMC accepts the session shows at the first
   * {@linkcode ready}.
   *
   * @throws {Deno.errors.NotFound} If there is no ipmitool.
   */
  static start(
    { address, user }: Pick<BmcTarget, "address" | "user">,
    { cipher, patience, password, path, signal }: SessionOptions,
  ): IpmitoolShell {
    const child = new Deno.Command("ipmitool", {
      // -v names the reason if a password is refused. Two tries instead of
      // four: a dead BMC is given up after six seconds instead of twenty.
      // deno-fmt-ignore
      args: ["-v", "-I", "lanplus", "-C", String(cipher), "-N", String(patience), "-R", "2",
        "-U", user, "-E", "-H", address, "shell"],
      // TERM and INPUTRC: readline must not colour or rebind anything.
      env: {
        IPMITOOL_PASSWORD: password,
        LC_ALL: "C",
        TERM: "dumb",
        INPUTRC: "/dev/null",
        ...(path === undefined ? {} : { PATH: path }),
      },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const shell = new IpmitoolShell(child);
    const kill = (): void => shell.#kill();
    if (signal.aborted) kill();
    else signal.addEventListener("abort", kill, { once: true });
    child.status.then(() => signal.removeEventListener("abort", kill));
    return shell;
  }

  /** What ipmitool wrote to standard error so far. */
  get said(): string {
    return this.#said;
  }

  /**
   * Waits for the prompt.
   *
   * @returns What was printed before it.
   * @throws {SessionLost} If ipmitool ends without it.
   */
  async ready(): Promise<string> {
    for (;;) {
      const at = this.#pending.indexOf(PROMPT);
      if (at >= 0) {
        const reply = this.#pending.slice(0, at);
        this.#pending = this.#pending.slice(at + PROMPT.length);
        return reply;
      }
      const { value, done } = await this.#output.read();
      if (done) {
        await this.#errors;
        const { code, signal } = await this.#child.status;
        throw new SessionLost(`ipmitool ended by ${signal ?? `itself, exit status ${code}`}`);
      }
      this.#pending += value;
    }
  }

  /**
   * Sends a command and waits for its answer.
   *
   * @param command One line.
   * @returns What ipmitool printed, without the echo of the command.
   * @throws {SessionLost} If ipmitool ends before the answer is complete.
   */
  async ask(command: string): Promise<string> {
    try {
      await this.#input.write(new TextEncoder().encode(`${command}\n`));
    } catch (error) {
      throw new SessionLost("the session ended", { cause: error });
    }
    const reply = await this.ready();
    return reply.replace(/^.*\n/, "");
  }

  /**
   * Tells whether the last command got no answer at all.
   *
   * @param reply What {@linkcode ask} returned.
   */
  async isUnanswered(reply: string): Promise<boolean> {
    if (reply !== "") return false;
    // What it says of it comes through another pipe, perhaps a little later.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return isUnanswered(reply, this.#said);
  }

  /** Ends the session, if possible by closing it. */
  async [Symbol.asyncDispose](): Promise<void> {
    // A BMC has few sessions: end of input makes ipmitool close ours.
    const deadline = setTimeout(() => this.#kill(), 1000);
    await this.#input.close().catch(() => {});
    await this.#output.cancel().catch(() => {});
    await this.#child.status;
    clearTimeout(deadline);
    await this.#errors;
  }

  async #readErrors(): Promise<void> {
    const text = this.#child.stderr.pipeThrough(new TextDecoderStream());
    for await (const chunk of text) this.#said += chunk;
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has just ended by itself
    }
  }
}
