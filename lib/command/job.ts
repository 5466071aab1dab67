/**
 * This process as a job of a shell. One in the background may write to the terminal, and
 * whatever it clears there is somebody else's.
 *
 * @module
 */

import type { ShellJob } from "../io/context.ts";

/** The line of `/proc/PID/stat` that is looked for. */
export const STAT_LINE = "[0-9]+ [(]";

/** What follows the name of the program in that line. */
const FIELDS = /\) \S+ \d+ (?<group>-?\d+) (?<session>-?\d+) -?\d+ (?<owner>-?\d+) /;

/** Where nobody can tell. */
const LONE_JOB: ShellJob = { isForeground: true, hasShell: false };

/**
 * Tells what job a process is.
 *
 * @param stat The line of `/proc/PID/stat`.
 * @returns Not in the foreground if it has no terminal of its own.
 */
export function jobOf(stat: string): ShellJob {
  const { group, session, owner } = FIELDS.exec(stat)?.groups ?? {};
  if (group === undefined) return LONE_JOB;
  return { isForeground: group === owner, hasShell: group !== session };
}

/**
 * Asks what job this process is now. Deno lets only programs with all permissions read
 * /proc, so a child looks, which is of the same job.
 */
export async function ownJob(): Promise<ShellJob> {
  try {
    const { stdout } = await new Deno.Command("grep", {
      args: ["-E", `^${STAT_LINE}`, "/proc/self/stat"],
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).output();
    return jobOf(new TextDecoder().decode(stdout));
  } catch {
    return LONE_JOB; // there is no grep
  }
}
