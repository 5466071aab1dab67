/**
 * Gets the password of the BMCs.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";

/** What IPMI v2 can carry. */
const MOST_BYTES = 20;

/**
 * Gets the password: from the environment, else from a file, else from the
 * person at the terminal. An empty `IPMI_PASSWORD` means: do not ask.
 *
 * @param host Where to look.
 * @param file The value of `--password-file`, or `null`.
 * @returns `null` if there is none.
 * @throws {Failure} If it cannot be one, or the file cannot be read.
 */
export async function getPassword(host: Host, file: string | null): Promise<string | null> {
  const fromEnvironment = host.context.env("IPMI_PASSWORD");
  if (fromEnvironment) return checked(fromEnvironment, "IPMI_PASSWORD");
  if (file !== null) {
    const hint = "write the password into its first line";
    const [line = ""] = (await host.root.readHanded(file, hint, host.context.signal)).split(
      /\r?\n/,
    );
    if (line === "") {
      throw new Failure("password-unfit", {
        message: `${file} is empty`,
        hint,
      });
    }
    return checked(line, file);
  }
  const { stdin, stderr, signal } = host.context;
  if (fromEnvironment === undefined && stdin.isTerminal && stderr.isTerminal) {
    const typed = await stdin.secret("BMC password (empty: leave the BMCs alone): ", signal);
    if (typed) return checked(typed, "the password");
  }
  host.emit({ what: "no-password" });
  return null;
}

function checked(password: string, where: string): string {
  const bytes = new TextEncoder().encode(password).length;
  if (bytes > MOST_BYTES) {
    throw new Failure("password-unfit", {
      message: `${where} holds ${bytes} bytes, IPMI carries at most ${MOST_BYTES}`,
      hint: "check it for blanks and quotes that do not belong to it",
    });
  }
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f]/.test(password)) {
    throw new Failure("password-unfit", {
      message: `${where} holds a control character`,
      hint: "check it for a line end that does not belong to it",
    });
  }
  return password;
}
