/**
 * The way by Redfish, as it was asked for.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { curlMissing } from "./bmc_report.ts";
import { ByRedfish } from "./other_way.ts";
import type { BmcFlags, BmcWork } from "./prepare_bmcs.ts";

/** What was asked for: where nothing is switched to DHCP, without what that takes. */
type WayFlags =
  & Pick<BmcFlags, "redfish" | "pit-node" | "bmc-timeout">
  & Partial<Pick<BmcFlags, "enable-ipmi" | "reset">>;

/**
 * Makes the way by Redfish, for those whose IPMI is off; that there is no curl is said once.
 *
 * @param work The password, and the keys that BMCs must have.
 * @param draft The document.
 * @param options `flags`: what was asked for.
 */
export function redfishWay(
  { password, pins }: Pick<BmcWork, "password" | "pins">,
  draft: Draft,
  { flags, context }: { readonly flags: WayFlags; readonly context: Host["context"] },
): ByRedfish {
  const { env, signal, later, listen } = context;
  let isMissing = false;
  const onMissing = (): void => {
    if (!isMissing) draft.report(...curlMissing());
    isMissing = true;
  };
  return new ByRedfish({
    mode: flags.redfish,
    password: password.text ?? "",
    path: env("PATH"),
    ...listen(),
    pins,
    pit: flags["pit-node"],
    onlyIpmi: flags["enable-ipmi"] ?? false,
    reset: flags.reset ?? false,
    timeout: flags["bmc-timeout"],
    signal,
    later,
    onMissing,
  });
}
