/**
 * Questions that only a shell can answer: Deno lets only programs with all permissions
 * read /proc, or signal.
 *
 * @module
 */

/**
 * Runs a shell script that prints nothing; it gets nothing of the environment.
 *
 * @param script What it does.
 * @param args `$0` and what follows.
 * @param stdin What it reads.
 * @returns Whether it succeeded; `null` if there is no shell.
 */
export async function askShell(
  script: string,
  args: readonly string[] = [],
  stdin: "null" | "inherit" = "null",
): Promise<boolean | null> {
  try {
    const { success } = await new Deno.Command("sh", {
      args: ["-c", script, ...args],
      clearEnv: true,
      stdin,
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return null;
  }
}
