/**
 * Makes problems, with words that help an administrator, of what was thrown.
 *
 * @module
 */

import { Failure, type ProblemCode } from "../document/problems.ts";
import { FormatError } from "../text/format_error.ts";
import { remedyFor } from "./remedies.ts";

/**
 * What to do if a file cannot be read or written. Where its reason says what to
 * do, as for a full disk, that is said in place of `hint`.
 */
export interface Advice {
  /** What is so in any case, for instance `nothing was changed`. */
  readonly state?: string;
  /** What to do, most of all if the file is missing. */
  readonly hint?: string;
  /** Whether the hint helps whatever the reason, and is said besides. */
  readonly isSure?: boolean;
}

/** A file that is not what it should be; the message says what it is. */
export class UnfitFile extends Error {
  override readonly name = "UnfitFile";
}

/**
 * Makes a problem of an error.
 *
 * @returns The error itself if it is a problem already.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  // What the system says names the real path.
  const message = codeOf(error) === undefined && error instanceof Error
    ? error.message
    : reasonOf(error);
  return error instanceof FormatError
    ? new Failure("file-invalid", { message, hint: "correct that line and run again" }, error)
    : new Failure("failed", {
      message,
      hint: "run again with --verbose and report what it says",
    }, error);
}

/**
 * Makes a problem of an error about a file.
 *
 * @param path As seen from inside.
 * @param advice What to do; a text is its hint.
 */
export function fileFailure(path: string, error: unknown, advice?: string | Advice): Failure {
  const code: ProblemCode = error instanceof Deno.errors.NotFound
    ? "file-missing"
    : "file-unreadable";
  const hint = hintFor(path, error, advice);
  return new Failure(code, { message: `${path}: ${reasonOf(error)}`, hint }, error);
}

/**
 * Makes a problem of an error about a file that was to be written, or replaced,
 * or removed.
 *
 * @param path As seen from inside.
 * @param advice What to do; a text is its hint.
 */
export function writeFailure(path: string, error: unknown, advice?: string | Advice): Failure {
  const message = `${path} cannot be written: ${reasonOf(error)}`;
  return new Failure("file-unwritable", { message, hint: hintFor(path, error, advice) }, error);
}

/**
 * Says what to do if a file could not be read or written.
 *
 * @param path As seen from inside.
 * @param advice What to do; a text is its hint.
 * @returns `undefined` where nothing is known to help.
 */
export function hintFor(
  path: string,
  error: unknown,
  advice?: string | Advice,
): string | undefined {
  const { state, hint, isSure }: Advice = typeof advice === "string"
    ? { hint: advice }
    : advice ?? {};
  const remedy = remedyFor({ code: codeOf(error), path, isRoot: Deno.uid() === 0 });
  const whatToDo = remedy && isSure ? `${remedy}, or ${hint}` : remedy ?? hint;
  return [state, whatToDo].filter(Boolean).join("; ") || undefined;
}

/** What the system calls an error, for instance `ENOSPC`; `undefined` if it is none of its own. */
export function codeOf(error: unknown): string | undefined {
  const isCoded = error instanceof Error && "code" in error && typeof error.code === "string";
  return isCoded ? error.code as string : undefined;
}

/** What the system lacks now, and may have in a moment. */
const LACKED: ReadonlySet<string> = new Set([
  "ENOSPC",
  "EDQUOT",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "EAGAIN",
  "EBUSY",
]);

/** Tells whether the same may succeed in a moment, without anybody mending anything. */
export function mayPass(error: unknown): boolean {
  if (error instanceof Failure && error.code === "locked") return true;
  if (!(error instanceof Error)) return false;
  return LACKED.has(codeOf(error) ?? "") || mayPass(error.cause);
}

/**
 * Does something with a file and makes a problem of what goes wrong.
 *
 * @param path As seen from inside.
 * @param advice What to do then; a text is its hint.
 * @param failure Makes the problem; {@linkcode writeFailure} where it is written.
 * @throws {Failure} In place of what `work` throws.
 */
export function guarded<T>(
  path: string,
  advice: string | Advice,
  work: () => T,
  failure = fileFailure,
): T {
  try {
    return work();
  } catch (error) {
    throw failure(path, error, advice);
  }
}

/**
 * Does something with a file that may not be there.
 *
 * @returns What `work` does; `null` if nothing is there.
 * @throws What `work` throws for another reason.
 */
export function ifThere<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    const cause = error instanceof Failure ? error.cause : error;
    if (cause instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Tells whether a file operation failed because nothing is at its path. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** Tells whether a program could not be started because there is none of that name. */
export function isNoProgram(error: unknown): boolean {
  // Deno says NotCapable where the search path had none when we started.
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable;
}

/**
 * Says why a file operation failed, without the real path.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  if (error instanceof Deno.errors.NotADirectory) {
    return "part of its path is not a directory";
  }
  // Deno lets only programs with all permissions touch most of these.
  if (error instanceof Deno.errors.NotCapable) return "pitboot is not allowed to open kernel files";
  if (error instanceof UnfitFile) return error.message;
  if (!(error instanceof Error)) return String(error);
  // Deno writes "No space left on device (os error 28): writefile '/…'".
  return error.message.replace(/ ?\(os error \d+\).*$/s, "").toLowerCase();
}
