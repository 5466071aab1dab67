/**
 * Asks the person at the terminal for a secret.
 *
 * Not by `promptSecret()` of @std/cli: that asks on standard output, where our
 * document goes, and reads standard input, where one comes from.
 *
 * @module
 */

const ENTER = new Set(["\r", "\n"]);
const ERASE = new Set(["\b", "\x7f"]);
const END = "\x04";
const KILL_LINE = "\x15";

/**
 * Asks on the terminal itself, without showing what is typed.
 *
 * @param question What to ask.
 * @param signal Ends it.
 * @returns What was typed, or `null` if there is no terminal.
 */
export async function promptSecret(
  question: string,
  signal: AbortSignal,
): Promise<string | null> {
  let terminal: Deno.FsFile;
  try {
    terminal = await Deno.open("/dev/tty", { read: true, write: true });
  } catch {
    return null;
  }
  using tty = terminal;
  tty.writeSync(new TextEncoder().encode(question));
  // cbreak: ^C still is a signal.
  tty.setRaw(true, { cbreak: true });
  try {
    return await readLine(tty, signal);
  } finally {
    tty.setRaw(false);
    tty.writeSync(new TextEncoder().encode("\n"));
  }
}

async function readLine(
  tty: Deno.FsFile,
  signal: AbortSignal,
): Promise<string> {
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  const decoder = new TextDecoder();
  const typed: string[] = [];
  for (;;) {
    const bytes = new Uint8Array(64);
    const count = await Promise.race([tty.read(bytes), aborted]);
    if (count === null) return typed.join("");
    for (
      const key of decoder.decode(bytes.subarray(0, count), { stream: true })
    ) {
      if (ENTER.has(key) || key === END) return typed.join("");
      if (ERASE.has(key)) typed.pop();
      else if (key === KILL_LINE) typed.length = 0;
      else typed.push(key);
    }
  }
}
