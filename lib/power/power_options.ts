/**
 * The options of the command `power`.
 *
 * @module
 */

import { BMC_OPTIONS } from "../bmc/prepare_bmcs.ts";
import { DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { duration, flag, type Flags, hosts } from "../cli/options.ts";
import { UsageError } from "../cli/read_words.ts";
import { mustName } from "../nodes/node_choice.ts";

/** Nodes are switched on whatever channel. */
const { channel: _channel, ...SESSION_OPTIONS } = BMC_OPTIONS;

/** Options of the command. */
export const POWER_OPTIONS = {
  ...SESSION_OPTIONS,
  pxe: flag("Boot from the network, by UEFI: the boot device is set, and read back, before on."),
  once: flag("Only at the next start, not at each one."),
  timeout: duration("Give a node this time to be on, or off, once its BMC has said yes.", "60s"),
  settle: duration("Wait this long between off and on.", "5s"),
  stagger: duration("Leave this time between two nodes that start.", "0s"),
  wipe: hosts(
    "These nodes may lose what is on their disks: they are switched on although they look installed, and off before if they are on.",
  ),
  ...pathOptions("leases", "web-root", "access-log", "state"),
  ...DRY_RUN_OPTIONS,
};

/** The values of all options. */
export type PowerFlags = Flags<typeof POWER_OPTIONS>;

/** What is done. */
export const POWER_VERBS = ["status", "on", "off"] as const;

/** What is done. */
export type PowerVerb = typeof POWER_VERBS[number];

/** Reads what shall be done. */
export function powerVerb(operand: string | null): PowerVerb {
  const verb = POWER_VERBS.find((each) => each === operand);
  if (!verb) throw new UsageError(`expected ${POWER_VERBS.join(", ")}`);
  return verb;
}

/**
 * Makes sure that the command line can be meant: nothing is switched that is not named.
 *
 * @throws {UsageError} If it cannot.
 */
export function checkPower(verb: PowerVerb, flags: PowerFlags): void {
  if (verb !== "status") mustName(flags);
  if (flags.once && !flags.pxe) throw new UsageError("--once needs --pxe");
  for (const name of ["pxe", "wipe"] as const) {
    if (flags[name] && verb !== "on") throw new UsageError(`--${name} goes with on only`);
  }
  if (flags["dry-run"] && verb === "status") {
    throw new UsageError("power status changes nothing: it needs no --dry-run");
  }
}
