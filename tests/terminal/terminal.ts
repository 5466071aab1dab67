/**
 * A real terminal for tests and for screenshots: a command in a window of tmux of a
 * size of its own, whose screen can be looked at, whose keys can be pressed and whose
 * size can be changed while the command runs.
 *
 * @module
 */

import { PACKAGES, testWith } from "../needs.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../temporary.ts";

/** How large a window is, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What to run, and where. */
export interface TerminalOptions extends Size {
  /** A program and its arguments; no shell looks at them. */
  readonly command: readonly string[];
  /** All of its environment, but `TERM` and what tmux adds. */
  readonly env: Readonly<Record<string, string>>;
  /** @default That of the tests. */
  readonly cwd?: string;
}

/** What the screen is to show: a text, a pattern, or whatever is so. */
export type Condition = string | RegExp | ((screen: string) => boolean | Promise<boolean>);

/** How a command ended: as a shell tells it, 128 more than the number of a signal. */
export type ExitStatus = number;

/** How long something may take that a test waits for. */
const PATIENCE_MS = 300_000;
const PAUSE_MS = 15;
const HISTORY_LINES = 50_000;
/** Nothing of ours on the screen: neither a status line nor a word when the command has ended. */
const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ["history-limit", String(HISTORY_LINES)],
  ["status", "off"],
  ["remain-on-exit", "on"],
  ["remain-on-exit-format", ""],
  ["default-terminal", "screen-256color"],
];

/**
 * tmux closes the terminal of a command that is gone, although the kernel may not have
 * handed over its last words yet.
 */
const FLUSH = "/bin/sleep 0.2";
/**
 * Leaves the exit status in the file of its name: tmux 3.3 tells of no signal that has
 * ended a command, and sometimes of no end at all.
 */
const LEAVE_STATUS = ["/bin/sh", "-c", `trap : INT QUIT; "$@"; echo $? >"$0"; ${FLUSH}`];
/** What runs in it may have another search path. */
const TMUX = PACKAGES.tmux[0];

/**
 * Adds a test that needs a terminal.
 *
 * @param name What it says.
 * @param test What it does.
 */
export function terminalTest(name: string, test: (t: Deno.TestContext) => Promise<void>): void {
  testWith(name, ["tmux"], test);
}

/** A command in a terminal. Disposed of, it is hung up on. */
export class Terminal implements Disposable {
  readonly #temporary: TemporaryDirectory;

  private constructor(temporary: TemporaryDirectory) {
    this.#temporary = temporary;
  }

  /**
   * Runs a command in a new terminal.
   *
   * @throws {Deno.errors.NotFound} If there is no tmux.
   */
  static async open(options: TerminalOptions): Promise<Terminal> {
    const { columns, rows, command, env, cwd = Deno.cwd() } = options;
    const terminal = new Terminal(temporaryDirectory());
    const settings = SETTINGS.flatMap((setting) => ["set-option", "-gq", ...setting, ";"]);
    const size = ["-x", String(columns), "-y", String(rows)];
    const variables = Object.entries(env)
      .flatMap(([name, value]) => ["-e", escapeEnd(`${name}=${value}`)]);
    const start = ["new-session", "-d", ...size, "-c", cwd, ...variables, "--"];
    try {
      await terminal.#tmux(
        ["-f", "/dev/null", "start-server", ";", ...settings, ...start].concat(
          LEAVE_STATUS,
          terminal.#statusFile,
          command.map(escapeEnd),
        ),
        env["PATH"],
      );
    } catch (error) {
      terminal[Symbol.dispose]();
      throw error;
    }
    return terminal;
  }

  /** What is on the screen: its rows, without blanks at their ends and without empty ones below. */
  async screen(): Promise<string> {
    return (await this.#tmux(["capture-pane", "-p"])).trimEnd();
  }

  /** What was scrolled off the screen, and the screen. */
  async scrollback(): Promise<string> {
    return (await this.#tmux(["capture-pane", "-p", "-S", "-"])).trimEnd();
  }

  /** The same as lines: the rows that the terminal has made of one are put together. */
  async lines(): Promise<string[]> {
    const text = await this.#tmux(["capture-pane", "-p", "-J", "-S", "-"]);
    return text.trimEnd().split("\n").map((line) => line.trimEnd());
  }

  /** Where the cursor is; the first column and the first row are 0. */
  async cursor(): Promise<{ readonly column: number; readonly row: number }> {
    const [column = NaN, row = NaN] = (await this.#ask("#{cursor_x} #{cursor_y}")).map(Number);
    return { column, row };
  }

  /** Gives the window another size; the command hears of it (SIGWINCH). */
  async resize({ columns, rows }: Size): Promise<void> {
    await this.#tmux(["resize-window", "-x", String(columns), "-y", String(rows)]);
  }

  /** Presses keys, in the words of tmux: `C-c`, `Enter`, `Up`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux(["send-keys", ...keys]);
  }

  /** Types a text. */
  async type(text: string): Promise<void> {
    await this.#tmux(["send-keys", "-l", escapeEnd(text)]);
  }

  /** Whether the command has ended, and all that it wrote is on the screen. */
  async hasEnded(): Promise<boolean> {
    return (await this.#ask("#{pane_dead}"))[0] === "1";
  }

  /** Waits for the end of the command. */
  async end(): Promise<ExitStatus> {
    await this.shows(() => this.hasEnded(), "its end");
    return Number(Deno.readTextFileSync(this.#statusFile));
  }

  /**
   * Waits until the screen shows something.
   *
   * @param condition A text or a pattern of it, or anything else.
   * @param what The same in words, for the message.
   * @returns The screen that showed it.
   * @throws {Error} If it does not come; the message has the screen.
   */
  async shows(condition: Condition, what: string = String(condition)): Promise<string> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const screen = await this.screen();
      if (await holds(condition, screen)) return screen;
      if (performance.now() > deadline) {
        throw new Error(`waited in vain for ${what}${frame(screen)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /**
   * Looks at the screen again and again until something is so, without a pause while it
   * changes: to find what is there for a moment only.
   *
   * @param check Throws if a screen is not as it should be.
   * @param until When to stop; that screen is checked, too.
   * @returns The screens that were seen, each once for as long as it stood.
   * @throws {Error} If `check` throws; the message has the screen.
   */
  async watch(check: (screen: string) => void, until: Condition): Promise<string[]> {
    const deadline = performance.now() + PATIENCE_MS;
    const seen: string[] = [];
    for (;;) {
      const screen = await this.screen();
      if (screen !== seen.at(-1)) seen.push(screen);
      else await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      try {
        check(screen);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        throw new Error(`${words}${frame(screen)}`, { cause: error });
      }
      if (await holds(until, screen)) return seen;
      if (performance.now() > deadline) throw new Error(`watched in vain${frame(screen)}`);
    }
  }

  /** Ends the terminal, and the command with it. */
  [Symbol.dispose](): void {
    this.#client(["kill-server"]).outputSync();
    this.#temporary[Symbol.dispose]();
  }

  get #statusFile(): string {
    return `${this.#temporary.directory}/status`;
  }

  async #ask(format: string): Promise<string[]> {
    return (await this.#tmux(["display-message", "-p", format])).replace("\n", "").split(" ");
  }

  /** @param path The search path of what this call starts. */
  async #tmux(words: readonly string[], path?: string): Promise<string> {
    const { success, stdout, stderr } = await this.#client(words, path).output();
    const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    if (!success) throw new Error(`tmux ${words.slice(0, 3).join(" ")}: ${decode(stderr)}`);
    return decode(stdout);
  }

  #client(words: readonly string[], path = ""): Deno.Command {
    return new Deno.Command(TMUX, {
      args: ["-u", "-S", `${this.#temporary.directory}/tmux`, ...words],
      // tmux knows characters beyond ASCII only where it is told that there are some.
      env: { PATH: path, LC_ALL: "C.UTF-8" },
      clearEnv: true,
      stdin: "null",
    });
  }
}

async function holds(condition: Condition, screen: string): Promise<boolean> {
  if (typeof condition === "string") return screen.includes(condition);
  return condition instanceof RegExp ? condition.test(screen) : await condition(screen);
}

/** A semicolon at the end of a word ends a command of tmux. */
function escapeEnd(word: string): string {
  return word.replace(/;$/, "\\;");
}

function frame(screen: string): string {
  return `; the screen:\n${screen.split("\n").map((row) => `  | ${row}`).join("\n")}`;
}
