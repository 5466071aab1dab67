/**
 * bmc-dhcp: switches the BMCs of the nodes to DHCP.
 *
 * Synopsis: pitboot bmc-dhcp [OPTION]...
 * Input:    a document, if standard input is not a terminal
 * Output:   the document with `bmcs`
 * Exit:     0 done, 3 a BMC was not switched, 4 a BMC refused the credentials,
 *           1 failed, 2 usage, 130 interrupted
 *
 * @module
 */

import {
  BMC_OPTIONS,
  bmcWork,
  IPMI_OPTIONS,
  prepareBmcs,
  RESET_OPTIONS,
} from "../lib/bmc/prepare_bmcs.ts";
import { setBmcs } from "../lib/bmc/set_bmcs.ts";
import { DRY_RUN_OPTIONS, pathOptions, STAGE_OPTIONS } from "../lib/cli/manual.ts";
import { UsageError } from "../lib/cli/parse_flags.ts";
import { Checks } from "../lib/command/checks.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import type { Listener } from "../lib/document/event.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import type { ClaimedWork } from "../lib/history/claim.ts";
import { claimWork } from "../lib/history/claims.ts";

const options = {
  ...BMC_OPTIONS,
  ...RESET_OPTIONS,
  ...IPMI_OPTIONS,
  ...pathOptions("state"),
  ...DRY_RUN_OPTIONS,
  ...STAGE_OPTIONS,
};

/** The command `bmc-dhcp`. */
export const command = documentCommand<typeof options>({
  name: "bmc-dhcp",
  summary: "switch the BMCs of the nodes to DHCP",
  description: [
    "Opens one IPMI session with every BMC of conman.conf, many at once, and configures it to use DHCP. A BMC that already does is not touched. The PIT's own BMC is left out.",
    "The password comes from IPMI_PASSWORD, else from --password-file, else it is asked for at the terminal. ipmitool gets it in its environment; no document, log or message holds it. So it is with the K_g key of a BMC that has one: ipmiopts in conman.conf names it (K:).",
    "A BMC whose IPMI gives no answer at all is asked by Redfish, with a curl for each request and what is read after it: new HPE iLOs have IPMI off. pitboot then turns IPMI on, by which nodes are powered on, and switches the BMC to DHCP; if the BMC acts on that only after a reset, pitboot resets it. It writes nothing that is so already, nor to an interface that leads to the host or is shared with it, and never the PIT's own BMC.",
    "By Redfish the BMC is sent the password itself, which IPMI does not do, and no certificate of the BMC of a node can be checked: whoever has its address gets the password. So pitboot asks by Redfish only where IPMI is silent, only what has answered as Redfish, and once: a password that is refused is not sent to that BMC again. With --redfish never it is sent to nobody, and it is still said where IPMI is off. The file of --redfish-pin names the keys that BMCs must have, for instance as openssl s_client -connect HOST:443 </dev/null | openssl x509 -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64 prints them.",
    "A BMC that fails does not stop the others, nor the chain: the result is in the document, and its lease decides. States: changed, already, reset, unreachable, denied, failed, unknown (the session was lost after the setting was sent), skipped; the reason is in the document, too. Silent, busy or slow BMCs, and those on a lossy network, are retried until --bmc-timeout, which begins anew with Redfish; time in which pitboot does not run (^Z) does not count.",
    "A few BMCs are asked first: if the first three that answer all refuse the user or the password, the others are skipped, so that a wrong password does not lock you out of a hundred BMCs.",
    "Reads conman.conf and statics.conf; adds bmcs to the document. The words of ipmitool, and those of Redfish, go to bmc-dhcp.log in the log directory.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.partial, EXIT.denied, EXIT.interrupted],
  options,
  environment: ["IPMI_PASSWORD", "PATH"],
  seeAlso: ["ipmitool(1)", "curl(1)"],
  examples: [
    ["pitboot bmc-dhcp --dry-run", "which BMCs would be switched"],
    ["pitboot bmc-dhcp --nodes ncn-w[001-003] --channel 3", "three workers with Intel boards"],
    ["pitboot bmc-dhcp --redfish never", "send no password by Redfish"],
    ["pitboot bmc-dhcp --enable-ipmi --nodes 'ncn-w*'", "only turn IPMI on"],
    [
      "pitboot wait-leases --timeout 60s | pitboot bmc-dhcp --reset | pitboot wait-leases | pitboot set-links",
      "reset the BMCs that did not request a lease",
    ],
  ],
  shows: ["bmcs"],
  contactsBmcs: true,
  check: ({ flags }) => {
    if (!flags["enable-ipmi"] || !flags.reset && flags.redfish !== "never") return;
    throw new UsageError("--enable-ipmi goes neither with --reset nor with --redfish never");
  },
  stage: async (draft, flags, host) => {
    const checks = new Checks(host);
    // Two commands at once would open two sessions to a BMC.
    const wish = (): ClaimedWork => bmcWork(draft, flags, host);
    using claims = await checks.make(draft, () => claimWork(flags, host, wish));
    claims?.endTurn();
    const work = await prepareBmcs(checks, draft, { flags }, host);
    using _log = work?.log;
    if (!checks.havePassed() || !work) return;
    const emit: Listener = (event) => {
      host.emit(event);
      if (event.what === "asked") claims?.free({ bmcs: [event.node] });
    };
    await setBmcs(work, draft, flags, { ...host, emit });
  },
});

export { main };

if (import.meta.main) main(command);
