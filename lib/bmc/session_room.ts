/**
 * How many sessions with BMCs this process has file descriptors for.
 *
 * @module
 */

/** So many have room with whatever limit. */
const FEW_SESSIONS = 16;
/** Of a session: three pipes, and the process. */
const PER_SESSION = 4;
/** For all other work. */
const KEPT_FREE = 64;

/**
 * Tells how many sessions may be open at once, so that leases and links are read and
 * written meanwhile. Only a shell tells the limit.
 *
 * @param wanted How many should be.
 */
export async function sessionRoom(wanted: number): Promise<number> {
  if (wanted <= FEW_SESSIONS) return wanted;
  const limit = await descriptorLimit();
  const most = Math.floor((limit - KEPT_FREE) / PER_SESSION);
  return Math.min(wanted, Math.max(most, FEW_SESSIONS));
}

async function descriptorLimit(): Promise<number> {
  try {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", "ulimit -n"],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).output();
    return Number(new TextDecoder().decode(stdout)) || Infinity;
  } catch {
    return Infinity; // there is no shell: who has no room waits for it
  }
}
