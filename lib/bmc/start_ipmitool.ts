/**
 * Starts `ipmitool shell`, with the secrets in its environment only.
 *
 * @module
 */

import { PATIENCE } from "./next_attempt.ts";
import type { SessionOptions, SessionTarget } from "./session.ts";

/** What it is started with. */
export type StartOptions = Omit<SessionOptions, "signal" | "log" | "closing">;

/**
 * Starts ipmitool.
 *
 * @param target Whom it calls, and as whom.
 * @param options How patiently, with which suite and password.
 * @throws {Deno.errors.NotFound} If there is no ipmitool.
 */
export function startIpmitool(
  { address, port, user, key }: SessionTarget,
  { suite, patience, password, path, ignoresHangup }: StartOptions,
): Deno.ChildProcess {
  const { seconds, times } = PATIENCE[patience] ?? PATIENCE[0];
  return new Deno.Command("ipmitool", {
    // -v names the reason if a password is refused, and the suite it takes.
    // deno-fmt-ignore
    args: ["-v", "-I", "lanplus", ...suite === null ? [] : ["-C", String(suite)],
      "-N", String(seconds), "-R", String(times), "-U", user, "-E", ...key === null ? [] : ["-K"], "-H", address,
        ...port === null ? [] : ["-p", String(port)], "shell"],
    // TERM and INPUTRC: readline must not colour or rebind anything.
    env: {
      IPMITOOL_PASSWORD: password,
      ...(key === null ? {} : { IPMI_KGKEY: key }),
      LC_ALL: "C",
      TERM: "dumb",
      INPUTRC: "/dev/null",
      ...(path === undefined ? {} : { PATH: path }),
    },
    clearEnv: true,
    // Else not `detached`: that forks all of our memory, which takes longer than
    // the session. At ^C ipmitool hears it, too, and closes its session.
    detached: ignoresHangup,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
