/**
 * Sessions with all BMCs, and what came of them.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { Bmc } from "../document/document.ts";
import { bmcOf, faultProblems, ipmiProblems } from "./bmc_report.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { contactAll } from "./contact_all.ts";
import { found } from "./finding.ts";
import type { BmcFlags, BmcWork } from "./prepare_bmcs.ts";
import { redfishWay } from "./redfish_way.ts";
import { refusalProblems } from "./refusal_report.ts";
import { setBmcToDhcp } from "./set_bmc_to_dhcp.ts";

/**
 * Asks the chosen BMCs to use DHCP, many at once, and adds `bmcs`.
 *
 * @param work What {@linkcode prepareBmcs} has found, with a password.
 * @param draft The document.
 * @param flags What was asked for.
 * @param host Whom to tell, and what the options do not say.
 * @throws {Failure} If ipmitool does not exist any more.
 */
export async function askBmcs(
  work: BmcWork,
  draft: Draft,
  flags: BmcFlags,
  { context, reporter, emit }: Host,
): Promise<void> {
  const { targets, password: { source } } = work;
  const { channel, reset, "enable-ipmi": onlyIpmi } = flags;
  const otherWay = redfishWay(work, draft, { flags, context });
  const seen = new Map<BmcTarget, Bmc>();
  let refused: readonly string[] | null = null;
  try {
    refused = await contactAll<Bmc>(work, {
      begin: ({ node, address }) => emit({ what: "asking", node, address }),
      work: (target, options) =>
        setBmcToDhcp(target, { ...options, channel, reset, onlyIpmi, otherWay }),
      fails: bmcOf,
      end: (target, end, seconds) => {
        const result = onlyIpmi ? { ...end, goal: "ipmi" } as const : end;
        const { name, node, address } = target;
        const { state, reason = null, by = null, message } = result;
        seen.set(target, { ...result, seconds });
        // Before the event: with the last one it is said how many are set.
        reporter.detail(`${name} (${address}): ${state} after ${seconds} s`);
        emit({ what: "asked", node, address, state, reason, by, message, seconds });
      },
    }, { flags, draft, context, asksFirst: otherWay.mode === "only" });
  } finally {
    const why = refused ? "not-asked" : "not-tried";
    draft.merge("bmcs", targets.map((target) => seen.get(target) ?? bmcOf(target, found(why))));
  }
  const asked = [...seen.values()];
  const others = targets.length - asked.length;
  draft.reportAll(ipmiProblems(asked));
  draft.reportAll(
    refused
      ? refusalProblems(refused, { asked, others, password: source })
      : faultProblems(asked, source),
  );
}
