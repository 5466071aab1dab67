/**
 * Checks made before the first BMC is contacted.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { count, duration, flag, type Flags, optionalCount, optionalFile } from "../cli/options.ts";
import type { Checks } from "../command/checks.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { Failure, orElse } from "../document/problems.ts";
import type { ClaimedWork } from "../history/claim.ts";
import { guarded, writeFailure } from "../io/failures.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { NODE_OPTIONS } from "../nodes/node_choice.ts";
import { choiceOf, readStatics, selectNodes } from "../nodes/read_statics.ts";
import { BmcLog, logPath } from "./bmc_log.ts";
import { type BmcTargets, bmcTargets } from "./bmc_targets.ts";
import { type Conman, parseConman } from "./conman.ts";
import { programOnPath } from "./program_on_path.ts";
import { canAsk, getPassword, type Password } from "./get_password.ts";
import { checkCurl, readPins, REDFISH_OPTIONS } from "./redfish_options.ts";

/** Options of the stage. */
export const BMC_OPTIONS = {
  ...NODE_OPTIONS,
  fanout: count("N", "Contact at most N BMCs at once.", { min: 1, max: 1024, initial: 64 }),
  "bmc-timeout": duration("Give up on a BMC after this time.", "30s"),
  channel: optionalCount("N", "LAN channel for all BMCs (default: each BMC is asked).", {
    min: 0,
    max: 15,
  }),
  cipher: optionalCount(
    "N",
    "Cipher suite for all BMCs (default: the one each BMC offers, then 17, then 3).",
    {
      min: 0,
      max: 255,
    },
  ),
  "keep-going": flag("Ask all BMCs even if the first three refuse the password."),
  "password-file": optionalFile("Take the password from the first line of FILE."),
  ...REDFISH_OPTIONS,
  ...pathOptions("conman", "statics", "log-dir"),
};

/** Options that only the command `bmc-dhcp` has. */
export const RESET_OPTIONS = {
  reset: flag(
    "Cold-reset the BMCs that have no lease in the document, or those of --nodes: some apply the setting only then.",
  ),
};

/** An option that only the command `bmc-dhcp` has, for nodes that are installed by hand. */
export const IPMI_OPTIONS = {
  "enable-ipmi": flag("Turn IPMI on where it is off, by Redfish, and do nothing else."),
};

type BmcOptions =
  & typeof BMC_OPTIONS
  & typeof RESET_OPTIONS
  & typeof IPMI_OPTIONS
  & typeof DRY_RUN_OPTIONS;

/** The values of all options. */
export type BmcFlags = Flags<BmcOptions>;

/** The BMCs, and what conman.conf says that is of no use. */
interface FoundBmcs extends BmcTargets, Pick<Conman, "faults"> {}

/** All that is needed to switch BMCs. */
export interface BmcWork extends FoundBmcs {
  readonly password: Password;
  /** `null` where no BMC will be contacted. */
  readonly log: BmcLog | null;
  /** The keys that BMCs must have, by address; `null` for any. */
  readonly pins: ReadonlyMap<string, string> | null;
}

/** Where the log is, and whose. */
interface LogFlags extends Pick<BmcFlags, "log-dir" | "dry-run"> {
  /** @default {"bmc-dhcp"} */
  readonly command?: string;
}

/** What was asked for, and what is known. */
interface BmcTask {
  readonly flags: BmcFlags;
  /** The BMCs without a lease; what the document says if left out. */
  readonly missing?: readonly string[] | undefined;
}

/**
 * Makes the checks of the stage `bmc-dhcp`. With `--dry-run` nobody is asked for a
 * password, and no log is made.
 *
 * @param checks Those of the command.
 * @param draft The document.
 * @param task What was asked for.
 * @param host Where.
 * @returns What BMCs are set with; `undefined` if a check has failed.
 */
export async function prepareBmcs(
  checks: Checks,
  draft: Draft,
  { flags, missing = draft.document.missing }: BmcTask,
  host: Host,
): Promise<BmcWork | undefined> {
  const isNeeded = flags.reset || (missing?.length !== 0 && mayHavePassword(flags, host));
  const found = await checks.make(draft, () => {
    const text = isNeeded ? readConman(flags, host) : readConmanIfThere(draft, flags, host);
    return text === null ? NO_BMCS : findTargets(text, draft, { flags, root: host.root });
  });
  const mayAsk = !flags["dry-run"] && !checks.haveFailed && !!found && found.targets.length > 0;
  const password = await checks.make(draft, () => getPassword(mayAsk ? host : mute(host), flags));
  if (!password) return undefined;
  // Without a password no BMC is contacted, and none of these is needed.
  if (password.text === null) return found && { ...found, password, log: null, pins: null };
  const hasIpmitool = await checks.make(draft, () => checkIpmitool(flags, host));
  const hasCurl = await checks.make(draft, () => checkCurl(flags, host));
  const pins = await checks.make(draft, () => readPins(flags, host));
  const log = await checks.make(draft, () => openLog(flags, password.text ?? "", host));
  if (found && hasIpmitool && hasCurl && pins !== undefined && log !== undefined) {
    return { ...found, password, log, pins };
  }
  log?.[Symbol.dispose]();
  return undefined;
}

/**
 * Tells which BMCs the stage may contact.
 *
 * @param draft The document: with `--reset` only those without a lease in it.
 * @param flags What was asked for.
 * @param host The file system.
 * @returns None where that cannot be told: a check fails then.
 */
export function bmcWork(
  { document: { missing } }: Draft,
  flags: BmcFlags,
  { root }: Host,
): ClaimedWork {
  const chosen = orElse(() => selectNodes(flags, root).chosen, () => []);
  const asked = flags.reset && missing
    ? chosen.filter(({ name }) => missing.includes(name))
    : chosen;
  return { nodes: [], bmcs: asked.map(({ node }) => node) };
}

/** The same, but nobody is asked for anything. */
function mute(host: Host): Host {
  const { context } = host;
  return { ...host, context: { ...context, stdin: { ...context.stdin, isTerminal: false } } };
}

/** Whether BMCs can be asked at all. */
function mayHavePassword({ "password-file": file }: BmcFlags, host: Host): boolean {
  return Boolean(host.context.env("IPMI_PASSWORD")) || file !== null || canAsk(host);
}

const NO_BMCS: FoundBmcs = { targets: [], unlisted: [], strangers: [], faults: [] };

function readConman({ conman }: BmcFlags, { root }: Host): string {
  return root.readText(conman, "csi pit init writes it; name another with --conman");
}

/** Where no BMC needs to be asked, or none can be, it stops nobody that there is none. */
function readConmanIfThere(draft: Draft, flags: BmcFlags, host: Host): string | null {
  return orElse(() => readConman(flags, host), (failure) => {
    if (failure.code !== "file-missing") throw failure;
    draft.report("conman-missing", failure.details);
    return null;
  });
}

function findTargets(
  text: string,
  draft: Draft,
  { flags, root }: { readonly flags: BmcFlags; readonly root: Host["root"] },
): FoundBmcs {
  const choice = choiceOf(flags, root);
  const { bmcs } = readStatics(root, flags.statics, choice);
  const conman = parseConman(text);
  const found = { ...bmcTargets(conman, bmcs, choice), faults: conman.faults };
  if (!flags.reset) return found;
  // Never reset all BMCs just because none was named.
  const missing = draft.document.missing ?? (flags.nodes && found.targets.map(({ name }) => name));
  if (!missing) {
    throw new Failure("input-missing", {
      message: "--reset needs to know which BMCs to reset",
      hint: (typed) =>
        `name --nodes, or chain it: ${
          typed.command("wait-leases", "--timeout", "60s", ...typed.nodes)
        } | ${typed.again()}`,
    });
  }
  return {
    ...found,
    targets: found.targets.filter(({ name }) => missing.includes(name)),
    unlisted: found.unlisted.filter((name) => missing.includes(name)),
  };
}

/**
 * Makes sure that there is an ipmitool: by Redfish alone it is not needed.
 *
 * @throws {Failure} If there is none.
 */
export function checkIpmitool({ redfish }: Pick<BmcFlags, "redfish">, { context }: Host): true {
  if (redfish === "only" || programOnPath(context, "ipmitool") !== null) return true;
  throw ipmitoolMissing();
}

/**
 * Says that ipmitool cannot be found.
 *
 * @param cause What was caught, if anything.
 */
export function ipmitoolMissing(cause?: unknown): Failure {
  return new Failure("ipmitool-missing", {
    message: "ipmitool was not found on the search path",
    hint: "install it (zypper install ipmitool)",
  }, cause);
}

/**
 * Opens the log.
 *
 * @param flags Where it is, and whose; with `--dry-run` it is only tried.
 * @param password What it must never hold.
 * @throws {Failure} If it cannot be written.
 */
export function openLog(
  { "log-dir": directory, "dry-run": isDry, command }: LogFlags,
  password: string,
  { root, context: { now } }: Host,
): BmcLog | null {
  const path = logPath(directory, command);
  const advice = { hint: "name another directory with --log-dir", isSure: true };
  return guarded(path, advice, () => {
    new WritableRoot(root).checkCouldWrite(path);
    return isDry ? null : new BmcLog(root, { directory, command, password, now });
  }, writeFailure);
}
