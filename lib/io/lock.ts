/**
 * Locks: one run of ours at a time changes things.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";

/** Other runs have ended by then, or are stuck. */
const LOCK_WAIT_MS = 3000;

/**
 * Locks an open file or directory, as flock(1) does. The kernel releases the
 * lock when it is closed, or when this process ends, however that happens.
 *
 * @param file What is open.
 * @param path What it is called in messages.
 * @throws {Failure} If another run holds the lock.
 */
export async function lock(file: Deno.FsFile, path: string): Promise<void> {
  const timer = Promise.withResolvers<"late">();
  const timeout = setTimeout(() => timer.resolve("late"), LOCK_WAIT_MS);
  const result = await Promise.race([file.lock(true), timer.promise]);
  clearTimeout(timeout);
  if (result !== "late") return;
  throw new Failure("locked", {
    message: `another pitboot is at work: it holds ${path}`,
    hint: `wait for it to end; fuser ${path} names it`,
  });
}
