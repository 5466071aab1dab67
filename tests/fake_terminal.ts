/**
 * A terminal that understands what a board needs, and nothing else.
 *
 * @module
 */

import type { Output } from "../lib/io/context.ts";

/** Takes what is written as a terminal does; nothing ever scrolls off it. */
export class FakeTerminal implements Output {
  readonly isTerminal = true;
  /** Looks at it after each write. */
  watch: (screen: string) => void = () => {};
  /** How often was written. */
  writes = 0;
  width = 80;
  height = 24;
  #lines: string[] = [""];
  #row = 0;
  #column = 0;

  /** Whether it is held by ^S. */
  isHeld = false;

  isBehind(): boolean {
    return this.isHeld;
  }

  columns(): number {
    return this.width;
  }

  rows(): number {
    return this.height;
  }

  write(text: string): void {
    this.writes++;
    // deno-lint-ignore no-control-regex
    for (const [word] of text.matchAll(/\x1b\[(\d*)([A-Z])|[^]/gu)) this.#take(word);
    this.watch(this.screen);
  }

  /** What it shows, without empty rows at its end. */
  get screen(): string {
    return this.#lines.map((line) => line.trimEnd()).join("\n").replace(/\n+$/, "");
  }

  #take(word: string): void {
    const line = this.#lines[this.#row] ?? "";
    // deno-lint-ignore no-control-regex
    const [, count = "", control] = /^\x1b\[(\d*)(.)$/.exec(word) ?? [];
    if (word === "\r") this.#column = 0;
    else if (word === "\n") this.#goTo(this.#row + 1);
    else if (control === "A") this.#row = Math.max(this.#row - Number(count || 1), 0);
    else if (control === "K" || control === "J") {
      this.#lines[this.#row] = line.slice(0, this.#column);
      if (control === "J") this.#lines.length = this.#row + 1;
    } else if (word < " ") throw new Error(`the terminal does not know ${JSON.stringify(word)}`);
    else this.#print(word);
  }

  #print(letter: string): void {
    if (this.#column >= this.width) this.#goTo(this.#row + 1);
    const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + letter + line.slice(this.#column + 1);
    this.#column++;
  }

  #goTo(row: number): void {
    while (this.#lines.length <= row) this.#lines.push("");
    this.#row = row;
    this.#column = 0;
  }
}
