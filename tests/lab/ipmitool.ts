/**
 * Calls plain ipmitool in the lab.
 *
 * @module
 */

import type { Bmc } from "./bmc.ts";
import type { Lab } from "./lab.ts";
import type { Result } from "./sandbox.ts";

/**
 * Longer than any process stands still on a busy machine: who asks again before may take the
 * late answer to the first question for that to the second.
 */
const PATIENT = ["-N", "12", "-R", "2"];
/** For who gets no answer. */
const HASTY = ["-N", "1", "-R", "2"];

/**
 * Asks a BMC, in one session, as patiently as need be.
 *
 * @param lab The lab.
 * @param bmc The BMC.
 * @param commands Lines of ipmitool; the first may be an option that replaces
 * `-C3`, where `-C` alone leaves the choice to ipmitool.
 * @returns What it wrote and how it ended.
 */
export function ipmitool(lab: Lab, bmc: Bmc, ...commands: string[]): Promise<Result> {
  return call(lab, bmc, { commands, retry: PATIENT });
}

/**
 * Asks a BMC that will not answer, or not everything.
 *
 * @param lab The lab.
 * @param bmc The BMC.
 * @param commands As with {@linkcode ipmitool}.
 * @returns What it wrote and how it ended, within seconds.
 */
export function hastyIpmitool(lab: Lab, bmc: Bmc, ...commands: string[]): Promise<Result> {
  return call(lab, bmc, { commands, retry: HASTY });
}

async function call(
  lab: Lab,
  bmc: Bmc,
  { commands, retry }: { readonly commands: string[]; readonly retry: readonly string[] },
): Promise<Result> {
  const given = commands[0]?.startsWith("-") ? commands.shift() : "-C3";
  const suite = given === "-C" ? [] : [given ?? ""];
  const login = ["-U", bmc.user, "-E", "-H", bmc.address];
  const one = commands.length === 1;
  const env = { IPMI_PASSWORD: "initial0", TERM: "dumb" };
  return await lab.run([
    "ipmitool",
    "-I",
    "lanplus",
    ...suite,
    ...retry,
    ...login,
    ...(one ? commands[0] ?? "" : "shell").split(" "),
  ], one ? { env } : { env, stdin: `${commands.join("\n")}\nexit\n` });
}

/**
 * Reads the answers of `raw` commands.
 *
 * @param stdout What ipmitool printed.
 * @returns Those that are one line, for instance `11 02`.
 */
export function bytes(stdout: string): string[] {
  return [...stdout.matchAll(/^ ((?:[0-9a-f]{2} ?)+)$/gm)]
    .map(([, hex = ""]) => hex.trim());
}
