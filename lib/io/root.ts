/**
 * The file system of a PIT: the real one, or one below a directory.
 *
 * Commands speak of paths as seen from inside (`/var/www`); only here they
 * become real ones.
 *
 * @module
 */

import { guarded } from "./failures.ts";

/** The file system that a command works on. */
export class Root {
  readonly #prefix: string;

  /** @param directory What `/` means; `/` for the machine itself. */
  constructor(directory: string) {
    this.#prefix = directory.replace(/\/+$/, "");
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
    return guarded(path, hint, () => Deno.readTextFileSync(this.real(path)));
  }
}
