/**
 * The file system of a PIT: the real one, or one below a folder.
 *
 * Commands speak of paths as seen from inside (`/var/www`); only here they
 * become real ones.
 *
 * @module
 */

import { Failure, type ProblemCode } from "../document/problems.ts";

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

/**
 * Makes a problem of an error about a file.
 *
 * @param path As seen from inside.
 * @param error What was caught.
 * @param hint What to do.
 */
export function fileFailure(
  path: string,
  error: unknown,
  hint?: string,
): Failure {
  const code: ProblemCode = error instanceof Deno.errors.NotFound
    ? "file-missing"
    : "file-unreadable";
  return new Failure(
    code,
    { message: `${path}: ${reasonOf(error)}`, hint },
    error,
  );
}

/**
 * Does something with a file and makes a problem of what goes wrong.
 *
 * @param path As seen from inside.
 * @param hint What to do then.
 * @param work What to do with it.
 * @throws {Failure} In place of what `work` throws.
 */
export function guarded<T>(path: string, hint: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileFailure(path, error, hint);
  }
}

/**
 * Says why a file operation failed, without the real path.
 *
 * @param error What was caught.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  if (error instanceof Deno.errors.NotADirectory) {
    return "is not below a directory";
  }
  if (!(error instanceof Error)) return String(error);
  // Deno writes "No space left on device (os error 28): writefile '/…'".
  return error.message.replace(/ ?\(os error \d+\).*$/s, "").toLowerCase();
}
