/**
 * Which signals this process was started to ignore.
 *
 * @module
 */

/** The signals that end pitboot, with their numbers. */
export const ENDING = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/** A signal that ends pitboot. */
export type Ending = keyof typeof ENDING;

/**
 * Finds out which of them are ignored: nohup ignores the hangup, and a shell without
 * job control the interrupts of what it puts into the background. To listen to one
 * ends that.
 *
 * Deno lets only programs with all permissions read /proc, so a child looks, which
 * inherits what is ignored: it must be asked before anything listens.
 *
 * @returns Nothing where nobody can tell.
 */
export async function ignoredSignals(): Promise<readonly Ending[]> {
  try {
    const { stdout } = await new Deno.Command("grep", {
      args: ["^SigIgn:", "/proc/self/status"],
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).output();
    return ignoredOf(new TextDecoder().decode(stdout));
  } catch {
    return []; // there is no grep
  }
}

/**
 * Reads the mask of ignored signals.
 *
 * @param status The line of /proc/PID/status.
 */
export function ignoredOf(status: string): readonly Ending[] {
  const [, digits = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  const mask = BigInt(`0x${digits}`);
  const names = Object.keys(ENDING) as Ending[];
  return names.filter((name) => (mask >> BigInt(ENDING[name] - 1) & 1n) === 1n);
}
