/**
 * The stage `bmc-dhcp`: switches BMCs to DHCP.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { BmcReason } from "../document/document.ts";
import { foldHosts } from "../text/host_range.ts";
import { bmcOf, consoleProblems, passwordMissing } from "./bmc_report.ts";
import { found } from "./finding.ts";
import { canAsk } from "./get_password.ts";
import { logProblem } from "./log_problem.ts";
import type { BmcFlags, BmcWork } from "./prepare_bmcs.ts";

/** What is done to BMCs. */
const [TO_DHCP, TO_IPMI] = ["switch to DHCP", "turn IPMI on, where it is off"];

/**
 * Switches the chosen BMCs to DHCP and adds `bmcs`. One that fails does not stop
 * the others.
 *
 * @param work What {@linkcode prepareBmcs} has found.
 * @param draft The document.
 * @param flags What was asked for.
 * @param host Whom to tell, and what the options do not say.
 * @throws {Failure} If ipmitool does not exist any more.
 */
export async function setBmcs(
  work: BmcWork,
  draft: Draft,
  flags: BmcFlags,
  host: Host,
): Promise<void> {
  const { targets, password, log } = work;
  draft.reportAll(consoleProblems(work, flags));
  const skipAll = (reason: BmcReason): void =>
    draft.merge("bmcs", targets.map((target) => bmcOf(target, found(reason))));
  const verb = flags["enable-ipmi"] ? TO_IPMI : TO_DHCP;
  if (targets.length === 0) {
    draft.merge("bmcs", []);
    return host.reporter.say(`there are no BMCs to ${verb}`);
  }
  if (flags["dry-run"] && (password.text !== null || canAsk(host))) {
    skipAll("dry-run");
    const names = foldHosts(targets.map(({ name }) => name));
    return host.reporter.say(`would ${verb}${flags.reset ? " and reset" : ""}: ${names}`);
  }
  if (password.text === null) {
    skipAll("no-password");
    host.emit({ what: "no-password" });
    return draft.report(...passwordMissing(password.source));
  }
  const nodes = targets.map(({ node }) => node);
  host.emit(
    flags["enable-ipmi"]
      ? { what: "enabling", nodes }
      : { what: "setting", conman: flags.conman, nodes },
  );
  host.context.runAhead();
  // Only now: without a password nobody is asked, and half of what is here not loaded.
  const { askBmcs } = await import("./ask_bmcs.ts");
  await askBmcs(work, draft, flags, host);
  if (log && log.fault !== null) draft.report(...logProblem(flags, log.fault));
}
