/**
 * The stage `bmc-dhcp`: turns BMCs to DHCP.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import { count, duration, flag, type Flags, optionalCount, optionalText } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { hintFor, reasonOf } from "../io/failures.ts";
import { NODE_OPTIONS, nodeChoice } from "../nodes/node_choice.ts";
import { readStatics } from "../nodes/read_statics.ts";
import { foldHosts } from "../text/host_range.ts";
import { askAll } from "./ask_all.ts";
import { BmcLog, logPath } from "./bmc_log.ts";
import {
  addOutcomes,
  type BmcOutcome,
  faultProblems,
  notSet,
  passwordMissing,
  refusalProblems,
  skipped,
  unlistedProblems,
} from "./bmc_report.ts";
import { type BmcTarget, bmcTargets } from "./bmc_targets.ts";
import { parseConman } from "./conman.ts";
import { getPassword } from "./get_password.ts";
import { setBmcToDhcp, type SetOptions } from "./set_bmc_to_dhcp.ts";

/** Options of the stage. */
export const BMC_OPTIONS = {
  ...NODE_OPTIONS,
  fanout: count("N", "Contact at most N BMCs at once.", { min: 1, max: 1024, initial: 64 }),
  "bmc-timeout": duration("Give up on a BMC after this time.", "30s"),
  channel: optionalCount("N", "LAN channel of all BMCs; else each is asked for its own.", {
    min: 0,
    max: 15,
  }),
  cipher: optionalCount("N", "Cipher suite of all BMCs; else what each names, then 17 and 3.", {
    min: 0,
    max: 255,
  }),
  "keep-going": flag("Ask all BMCs, although the first three refuse the password."),
  "password-file": optionalText("FILE", "Take the password from the first line of FILE."),
  ...pathOptions("conman", "statics", "log-dir"),
};

/** Options that only the command `bmc-dhcp` has. */
export const RESET_OPTIONS = {
  reset: flag(
    "Cold-reset the BMCs that are missing in the document, or those of --nodes: some act on the setting only then.",
  ),
};

type BmcFlags = Flags<typeof BMC_OPTIONS & typeof RESET_OPTIONS & typeof DRY_RUN_OPTIONS>;

/**
 * Turns the chosen BMCs to DHCP and adds `bmcs`. One that fails does not stop
 * the others.
 *
 * @throws {Failure} If nothing can be tried: a file or ipmitool is missing.
 */
export async function setBmcs(draft: Draft, flags: BmcFlags, host: Host): Promise<void> {
  const { targets, unlisted } = findTargets(draft, flags, host);
  draft.reportAll(unlistedProblems(unlisted, flags.conman));
  const skipAll = (message: string): void =>
    add(draft, targets.map((target) => skipped(target, message)));
  if (targets.length === 0) {
    skipAll("");
    return host.reporter.say("there is no BMC to set");
  }
  if (flags["dry-run"]) {
    skipAll("dry run");
    const names = foldHosts(targets.map(({ name }) => name));
    return host.reporter.say(`would turn to DHCP${flags.reset ? " and reset" : ""}: ${names}`);
  }
  const { text: password, source } = await getPassword(host, flags["password-file"]);
  if (password === null) {
    skipAll("no password");
    return draft.report(...passwordMissing(source));
  }
  host.emit({
    what: "setting",
    conman: flags.conman,
    nodes: targets.map(({ node }) => node),
  });
  using log = openLog(draft, flags, host, password);
  await setAll(targets, draft, host, {
    fanout: flags.fanout,
    keepGoing: flags["keep-going"],
    password,
    source,
    path: host.context.env("PATH"),
    cipher: flags.cipher,
    channel: flags.channel,
    reset: flags.reset,
    timeout: flags["bmc-timeout"],
    signal: host.context.signal,
    log: (target, line) => log?.add(target, line),
  });
  if (log && log.fault !== null) reportLog(draft, flags, log.fault);
}

function findTargets(draft: Draft, flags: BmcFlags, { root }: Host): ReturnType<typeof bmcTargets> {
  const conman = root.readText(flags.conman, "csi pit init writes it; name another with --conman");
  const consoles = parseConman(conman, { file: flags.conman });
  const choice = nodeChoice(flags);
  const { bmcs } = readStatics(root, flags.statics, choice);
  const { targets, unlisted } = bmcTargets(consoles, bmcs, choice);
  if (!flags.reset) return { targets, unlisted };
  // Never reset all BMCs just because none was named.
  const missing = draft.document.missing ?? (flags.nodes && targets.map(({ name }) => name));
  if (!missing) {
    throw new Failure("input-missing", {
      message: "--reset needs to know which BMCs to reset",
      hint:
        "name --nodes, or chain it: pitboot wait-leases --timeout 60s | pitboot bmc-dhcp --reset",
    });
  }
  return {
    targets: targets.filter(({ name }) => missing.includes(name)),
    unlisted: unlisted.filter((name) => missing.includes(name)),
  };
}

function openLog(draft: Draft, flags: BmcFlags, host: Host, password: string): BmcLog | null {
  const directory = flags["log-dir"];
  try {
    return new BmcLog(host.root, { directory, password, now: host.context.now });
  } catch (error) {
    reportLog(draft, flags, error);
    return null;
  }
}

function reportLog(draft: Draft, { "log-dir": directory }: BmcFlags, error: unknown): void {
  const path = logPath(directory);
  draft.report("log-unwritable", {
    message: `what ipmitool says is not logged: ${path}: ${reasonOf(error)}`,
    hint: hintFor(path, error, {
      hint: "name another directory with --log-dir",
      isSure: true,
    }),
  });
}

async function setAll(
  targets: readonly BmcTarget[],
  draft: Draft,
  { context, reporter }: Host,
  { fanout, keepGoing, source, ...options }: Omit<SetOptions, "onOpen"> & {
    fanout: number;
    keepGoing: boolean;
    source: string;
  },
): Promise<void> {
  const outcomes = new Map<BmcTarget, BmcOutcome>();
  const pace = { fanout, keepGoing, signal: options.signal, elapsed: context.elapsed };
  let refused: readonly string[] | null = null;
  try {
    refused = await askAll(targets, pace, async (target, onOpen) => {
      const begin = context.elapsed();
      const result = await attempt(target, { ...options, onOpen });
      const seconds = Math.round(context.elapsed() - begin) / 1000;
      outcomes.set(target, { target, result, seconds });
      reporter.detail(`${target.name} (${target.address}): ${result.state} after ${seconds} s`);
      return result.state;
    });
  } finally {
    const why = refused ? "not asked: the first ones refused the password" : "not tried";
    add(draft, targets.map((target) => outcomes.get(target) ?? skipped(target, why)));
  }
  const seen = [...outcomes.values()];
  if (refused === null) return draft.reportAll(faultProblems(seen, source));
  const others = targets.length - seen.length;
  draft.reportAll(refusalProblems(refused, { asked: seen, others, source }));
}

async function attempt(target: BmcTarget, options: SetOptions): Promise<BmcOutcome["result"]> {
  try {
    return await setBmcToDhcp(target, options);
  } catch (error) {
    // Deno says NotCapable where the search path had none when we started.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      throw new Failure("ipmitool-missing", {
        message: "ipmitool was not found on the search path",
        hint: "install it (zypper install ipmitool)",
      }, error);
    }
    return notSet(
      "failed",
      `ipmitool could not be started: ${reasonOf(error)}`,
      "if it says too many open files: lower --fanout, or raise ulimit -n",
    );
  }
}

function add(draft: Draft, outcomes: readonly BmcOutcome[]): void {
  draft.add({ bmcs: addOutcomes(draft.document.bmcs, outcomes) });
}
