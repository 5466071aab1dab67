/**
 * Asks the person at the terminal for a secret.
 *
 * Not by `promptSecret()` of @std/cli: that asks on standard output, where our
 * document goes. Not on /dev/tty either: Deno lets only programs with all
 * permissions open it.
 *
 * @module
 */

import { LATE, within } from "../io/within.ts";
import { writeStream } from "../io/write_all.ts";

const ENTER = new Set(["\r", "\n"]);
const ERASE = new Set(["\b", "\x7f"]);
const END = "\x04";
const KILL_LINE = "\x15";

/**
 * Asks on standard error and reads standard input, a terminal, without showing
 * what is typed.
 *
 * @param question What to ask.
 * @param signal Ends it.
 * @returns What was typed.
 */
export async function promptSecret(question: string, signal: AbortSignal): Promise<string> {
  const show = (text: string): void => {
    writeStream(Deno.stderr, new TextEncoder().encode(text));
  };
  const typed: string[] = [];
  const ask = (): void => {
    typed.length = 0;
    // Before the question: who reads that may type. cbreak: ^C still is a signal.
    Deno.stdin.setRaw(true, { cbreak: true });
    show(question);
  };
  // After ^Z and fg a shell leaves the terminal as it wants it: it would show the secret.
  Deno.addSignalListener("SIGCONT", ask);
  try {
    ask();
    return await readLine(typed, signal);
  } finally {
    Deno.removeSignalListener("SIGCONT", ask);
    Deno.stdin.setRaw(false);
    show("\n");
  }
}

async function readLine(typed: string[], signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  for (;;) {
    const bytes = new Uint8Array(64);
    const count = await within(Deno.stdin.read(bytes), { signal });
    if (count === LATE) throw signal.reason;
    if (count === null) return typed.join("");
    for (const key of decoder.decode(bytes.subarray(0, count), { stream: true })) {
      if (ENTER.has(key) || key === END) return typed.join("");
      if (ERASE.has(key)) typed.pop();
      else if (key === KILL_LINE) typed.length = 0;
      else typed.push(key);
    }
  }
}
