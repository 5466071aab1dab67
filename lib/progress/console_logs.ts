/**
 * Reads the logs of consoles: their ends, and then what is added to them.
 *
 * @module
 */

import { readPart } from "../io/read_file.ts";
import type { Root } from "../io/root.ts";
import { statOf } from "../io/stat.ts";
import { type ConsoleLine, type ConsoleSight, parseConsole } from "./console_text.ts";

/** A boot writes less, in bytes. */
const TAIL_BYTES_OF_CONSOLE = 256 * 1024;
const END_OF_LINE = 0x0a;

/** How much of a log was read, and what it told. */
interface ReadConsole extends ConsoleSight {
  readonly id: string;
  /** In bytes. */
  readonly end: number;
}

/** The logs of consoles. */
export class ConsoleLogs {
  readonly #root: Root;
  readonly #directory: string;
  readonly #known = new Map<string, ReadConsole>();
  #names: ReadonlySet<string> = new Set();

  /** @param directory Where conman writes them, as seen from inside. */
  constructor(root: Root, directory: string) {
    this.#root = root;
    this.#directory = directory;
  }

  /** Sees which logs there are: to ask for each that is not there takes longer. */
  list(): void {
    try {
      this.#names = new Set(this.#root.list(this.#directory).map(({ name }) => name));
    } catch {
      this.#names = new Set(); // each is missing, and named
    }
  }

  /**
   * Reads what the console of a BMC said since the horizon.
   *
   * @param bmc For instance `ncn-w001-mgmt`.
   * @param horizon Milliseconds since the epoch.
   * @returns `null` if its log cannot be read.
   */
  look(bmc: string, horizon: number): ConsoleSight | null {
    const name = `console.${bmc}`;
    if (!this.#names.has(name)) return null;
    try {
      const seen = this.#read(`${this.#directory}/${name}`, this.#known.get(bmc) ?? null);
      const lines = seen.lines.filter(({ at }) => at >= horizon);
      this.#known.set(bmc, { ...seen, lines });
      return { lines, last: seen.last !== null && seen.last >= horizon ? seen.last : null };
    } catch {
      return null; // it was rotated away, or is none
    }
  }

  #read(path: string, known: ReadConsole | null): ReadConsole {
    const { id, size } = this.#root.stat(path);
    if (known && known.id === id && known.end === size) return known;
    using file = this.#root.open(path);
    const opened = statOf(file.statSync());
    const before = known && known.id === opened.id && known.end <= opened.size ? known : null;
    const begin = Math.max(before?.end ?? 0, opened.size - TAIL_BYTES_OF_CONSOLE);
    const bytes = readPart(file, begin, opened.size - begin);
    // A line may be on its way.
    const whole = bytes.subarray(0, bytes.lastIndexOf(END_OF_LINE) + 1);
    const { lines, last } = parseConsole(new TextDecoder().decode(whole));
    const all: readonly ConsoleLine[] = [...before?.lines ?? [], ...lines];
    return {
      id: opened.id,
      end: begin + whole.length,
      lines: all,
      last: last ?? before?.last ?? null,
    };
  }
}
