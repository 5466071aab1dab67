/**
 * The file system of a PIT: the real one, or one below a directory.
 *
 * Commands speak of paths as seen from inside (`/var/www`); only here they
 * become real ones.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { printable } from "../text/printable.ts";
import { fileFailure, guarded, reasonOf } from "./failures.ts";
import { isShellPipe, readFile, readStream } from "./read_file.ts";

/** As the file has it: nothing is cut off at its begin. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The file system that a command works on. */
export class Root {
  readonly #prefix: string;

  /** @param directory What `/` means; `/` for the machine itself. */
  constructor(directory: string) {
    this.#prefix = directory.replace(/\/+$/, "");
  }

  /**
   * Makes sure that it is there, before its files are said to be missing.
   *
   * @throws {Failure} If it is not, or is no directory.
   */
  check(): void {
    const directory = this.#prefix || "/";
    const reason = reasonIfNone(directory);
    if (reason === null) return;
    throw new Failure("input-missing", {
      message: `--root ${printable(directory)}: ${reason}`,
      hint: "name the directory of a system; is it mounted?",
    });
  }

  /**
   * Where a path really is.
   *
   * @param path As seen from inside.
   */
  real(path: string): string {
    return path.startsWith("/") ? this.#prefix + path : path;
  }

  /**
   * The reverse of {@linkcode real}, for a path in which all links are followed.
   *
   * @param real As `Deno.realPathSync()` returns it.
   * @returns The path as seen from inside; `null` if it is not inside.
   */
  inside(real: string): string | null {
    const top = Deno.realPathSync(`${this.#prefix}/`).replace(/\/$/, "");
    return real.startsWith(`${top}/`) ? real.slice(top.length) : null;
  }

  /**
   * Reads a text file.
   *
   * @param path As seen from inside.
   * @param hint What to do if it cannot be read.
   * @throws {Failure} If it cannot be read.
   */
  readText(path: string, hint: string): string {
    return guarded(path, hint, () => utf8.decode(readFile(this.real(path))));
  }

  /**
   * Reads a text file that a person has named, or a pipe of the shell, as in
   * `--input <(COMMAND)`.
   *
   * @param path As seen from inside.
   * @param hint What to do if it cannot be read.
   * @param signal Ends the wait for what comes out of a pipe.
   * @throws {Failure} If it cannot be read.
   */
  async readHanded(path: string, hint: string, signal: AbortSignal): Promise<string> {
    const real = this.real(path);
    if (!isShellPipe(real)) return this.readText(path, hint);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    aborted.catch(() => {}); // it may come before anybody waits for it
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    try {
      const { readable } = await Deno.open(real);
      return await Promise.race([readStream(readable), aborted]);
    } catch (error) {
      throw fileFailure(path, error, hint);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}

/** Why there is no directory; `null` if there is one. */
function reasonIfNone(path: string): string | null {
  try {
    return Deno.statSync(path).isDirectory ? null : "is no directory";
  } catch (error) {
    return reasonOf(error);
  }
}
