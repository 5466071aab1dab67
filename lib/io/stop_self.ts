/**
 * Stops this process as ^Z does, for whoever listens to ^Z and has cleaned up.
 *
 * @module
 */

/**
 * Stops this process until somebody lets it go on; where there is no shell it goes on at
 * once.
 *
 * By a shell: Deno 2.6 lets nobody signal, not even itself, without the right to run
 * everything.
 */
export function stopSelf(): void {
  try {
    new Deno.Command("sh", {
      args: ["-c", 'kill -STOP "$0"', String(Deno.pid)],
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync();
  } catch {
    // The screen comes back at the next look.
  }
}
