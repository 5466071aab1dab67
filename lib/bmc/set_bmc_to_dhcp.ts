/**
 * Switches one BMC to DHCP: tries until it is, or has said why not, or its time
 * is over.
 *
 * @module
 */

import type { Bmc } from "../document/document.ts";
import { type AttemptOptions, Attempts } from "./attempts.ts";
import { bmcOf } from "./bmc_report.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { type CheckOptions, CheckSetCheck, type Learned } from "./check_set_check.ts";
import type { Finding } from "./finding.ts";
import type { OtherTurn, OtherWay } from "./other_way.ts";
import { RedfishAside } from "./redfish_aside.ts";
import { withoutSecret } from "./without_secret.ts";

/** The options for switching BMCs to DHCP. */
export interface SetOptions extends AttemptOptions, Pick<OtherTurn, "mayTry">, CheckOptions {
  /** Whether it is enough that IPMI is on. */
  readonly onlyIpmi: boolean;
  /** The LAN channel; `null`: the one that the session runs on. */
  readonly channel: number | null;
  /** The way to BMCs whose IPMI is off. */
  readonly otherWay: OtherWay;
}

/**
 * Switches a BMC to DHCP, unless it is on DHCP already.
 *
 * @param target The BMC.
 * @param options Sessions, time limits and whom to tell.
 * @returns Its result; a BMC that cannot be switched is not an error.
 * @throws {Deno.errors.NotFound} If there is no ipmitool.
 */
export async function setBmcToDhcp(target: BmcTarget, options: SetOptions): Promise<Bmc> {
  const { otherWay, password } = options;
  const known: Learned = {
    channel: options.channel,
    suite: null,
    code: null,
    hasWritten: false,
    hasCommitted: false,
    hasCompleted: false,
    trouble: null,
  };
  const isAllowed = otherWay.mode !== "never";
  let hasOpened = false;
  await using attempts = new Attempts<Finding>(target, {
    known,
    work: async (session, { signal }) => {
      hasOpened = true;
      if (options.onlyIpmi) return { state: "already", reason: null, message: null };
      return await new CheckSetCheck(session, known, { ...options, signal }).run();
    },
    aside: new RedfishAside<Finding>(target, {
      ...options,
      set: isAllowed ? (root) => otherWay.set(target, root, options) : null,
    }),
  }, options);
  const isOther = otherWay.mode === "only";
  const finding = isOther ? await otherWay.set(target, null, options) : await attempts.run();
  // It may quote ipmitool.
  const message = finding.message &&
    withoutSecret(withoutSecret(finding.message, password), target.key);
  const { channel, suite, code } = known;
  const hasAnswered = hasOpened || finding.state === "denied";
  const learned = { channel, cipherSuite: suite, completionCode: code };
  return bmcOf(target, { by: hasAnswered ? "ipmi" : null, ...finding, message }, learned);
}
