/**
 * Shows a manual page to the person at the terminal.
 *
 * @module
 */

import { isNoProgram } from "../io/failures.ts";

/**
 * Taken from the environment: a pager needs that of the person who reads (language, taste,
 * `LESS`), but no password.
 */
const SECRETS = { IPMI_PASSWORD: "", IPMITOOL_PASSWORD: "", IPMI_KGKEY: "" } as const;

/**
 * Hands a page to man(1), which shows it in a pager.
 *
 * @param page In roff.
 * @returns Whether it was shown: not where man is missing, or cannot do that.
 */
export async function readByMan(page: string): Promise<boolean> {
  try {
    const man = new Deno.Command("man", {
      args: ["-l", "-"],
      env: SECRETS,
      stdin: "piped",
    }).spawn();
    // A pager may be left before it has seen the end.
    await new Blob([page]).stream().pipeTo(man.stdin).catch(() => {});
    return (await man.status).success;
  } catch (error) {
    if (isNoProgram(error)) return false;
    // Where SIGCHLD is ignored nobody is told how it has ended.
    if (/no child processes/i.test(String(error))) return true;
    throw error;
  }
}
