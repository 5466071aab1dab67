/**
 * Commands as somebody types them next, at the same places as this one.
 *
 * @module
 */

import type { Typed } from "../document/hint.ts";
import type { Manual } from "./manual.ts";
import { readWords } from "./read_words.ts";
import { shellWords } from "./shell_words.ts";

/** How this command was called. */
export interface Called {
  /** The name it was called by, for instance `pitboot run`. */
  readonly name: string;
  readonly args: readonly string[];
  env(name: string): string | undefined;
}

const CHANGED = ["root", "web-root", "state", "access-log", "config", "statics"];
const SELECTION = ["statics", "pit-node"];
const LEASED = ["root", ...SELECTION, "leases"];
const SET_LINKS = [...CHANGED, "pit-node", "leases", "data"];
/** Without those of Redfish the password would go to whom it is not meant for. */
const SESSIONS = ["conman", "log-dir", "cipher", "password-file", "redfish", "redfish-pin"];
const BMCS = [...SESSIONS, "channel"];

/** What a command takes over from another: where things are, and how BMCs are asked. */
export const CARRIED: Readonly<Record<string, readonly string[]>> = {
  "resolve-images": ["root", "data", "web-root", "config", ...SELECTION],
  "bmc-dhcp": ["root", "state", ...SELECTION, ...BMCS],
  "wait-leases": LEASED,
  "set-links": SET_LINKS,
  "run": [...SET_LINKS, "console-dir", ...BMCS],
  "status": [...LEASED, "access-log", "console-dir", "web-root", "state", "config", "data"],
  "check": [...LEASED, "log-dir", "web-root", "state", "config", "data"],
  "boot-progress": [...LEASED, "access-log", "console-dir", "web-root"],
  "power": [...LEASED, "web-root", "state", "access-log", ...SESSIONS],
  "history": ["root", "state"],
  "install": ["root", "state"],
  "rollback": CHANGED,
  "offline": [...CHANGED, "pit-node"],
  "online": [...CHANGED, "pit-node"],
};

/** The commands that put `CSM_RELEASE` into scripts, or take it out where it is not set. */
const RELEASED: readonly string[] = ["run", "set-links"];
/** Options by which nodes are selected. */
const CHOICE: readonly string[] = ["nodes", "exclude"];

/**
 * Writes commands.
 *
 * @example
 * ```ts
 * import { TypedCommands } from "./typed_commands.ts";
 * import { directory, hosts } from "./options.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const manual = { name: "status", options: { root: directory("", "/"), nodes: hosts("") } };
 * const args = ["--root", "/a b", "--nodes=ncn-w*"];
 * const typed = new TypedCommands(manual, { name: "pitboot status", args, env: () => undefined });
 * assertEquals(typed.command("history", "7"), "pitboot history 7 --root '/a b'");
 * assertEquals(typed.again("--nodes", "ncn-w001"), "pitboot status --root '/a b' --nodes ncn-w001");
 * ```
 */
export class TypedCommands implements Typed {
  readonly #manual: Pick<Manual, "name" | "options" | "operand">;
  readonly #called: Called;
  #release: string | undefined;

  /**
   * @param manual This command.
   * @param called How it was called.
   */
  constructor(manual: Pick<Manual, "name" | "options" | "operand">, called: Called) {
    this.#manual = manual;
    this.#called = called;
    this.#release = called.env("CSM_RELEASE");
  }

  /** Lets commands keep a release that scripts have, where nobody has set another. */
  keep(release: string | null): void {
    this.#release ||= release ?? undefined;
  }

  get nodes(): string[] {
    return this.#given((name) => CHOICE.includes(name));
  }

  command(name: string, ...args: readonly string[]): string {
    const carried = this.#given((option) => CARRIED[name]?.includes(option) ?? false);
    const first = args.findIndex((word) => word.startsWith("-"));
    const operands = args.slice(0, first < 0 ? args.length : first);
    const words = [...operands, ...carried, ...args.slice(operands.length)];
    return this.#line(name, `pitboot ${name}`, words);
  }

  value(option: string): string | null {
    const { given } = readWords(this.#manual, this.#called.args);
    return given.findLast(({ name }) => name === option)?.value ?? null;
  }

  again(...options: readonly string[]): string {
    const { args, name } = this.#called;
    const replaced = optionsIn(options);
    if (replaced.includes("nodes")) replaced.push("exclude");
    const kept = args.filter((word, i) => {
      const [, before = "", value] = /^--([^=]+)(=|$)/.exec(args[i - 1] ?? "") ?? [];
      const isValue = value === "" && replaced.includes(before);
      return !isValue && !optionsIn([word]).some((option) => replaced.includes(option));
    });
    return this.#line(this.#manual.name, name, [...kept, ...options]);
  }

  /** The options of this command line that are wanted, as words. */
  #given(isWanted: (name: string) => boolean): string[] {
    const { given } = readWords(this.#manual, this.#called.args);
    return given.filter(({ name }) => isWanted(name)).flatMap(({ name, value }) =>
      value.startsWith("-") ? [`--${name}=${value}`] : [`--${name}`, value]
    );
  }

  #line(command: string, called: string, args: readonly string[]): string {
    const words = shellWords([called, ...args]);
    const keeps = RELEASED.includes(command) && /^\w[\w.+-]*$/.test(this.#release ?? "");
    return keeps ? `CSM_RELEASE=${this.#release} ${words}` : words;
  }
}

/** The options that words name. */
function optionsIn(words: readonly string[]): string[] {
  return words.flatMap((word) => /^--([^=]+)/.exec(word)?.[1] ?? []);
}
