/**
 * power: looks whether nodes are on, and switches them on or off.
 *
 * Synopsis: pitboot power [OPTION]... status|on|off
 * Input:    for on and off a document, if standard input is not a terminal
 * Output:   the document with `power`; of status a table
 * Exit:     0 done, 3 some nodes are not as they should be, 4 a BMC refused the
 *           credentials, 1 failed, 2 usage, 130 interrupted
 *
 * @module
 */

import { STAGE_OPTIONS } from "../lib/cli/manual.ts";
import type { Command } from "../lib/command/command.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { checkPower, POWER_OPTIONS, POWER_VERBS, powerVerb } from "../lib/power/power_options.ts";

const options = { ...POWER_OPTIONS, ...STAGE_OPTIONS };

const spec: Parameters<typeof documentCommand<typeof options>>[0] = {
  name: "power",
  summary: "look whether nodes are on, and switch them, verified",
  description: [
    "status shows whether nodes are on, what they boot from, what they do after an outage, and how far the clock of their BMC is off. on and off switch the nodes of --nodes, and no others; there is no reset and no cycle. The PIT is never switched.",
    "No answer of a BMC is believed: off means that it has been seen off, on that it has been seen on, within --timeout. With --pxe the boot device is set to the network by UEFI, at each start or with --once at the next one, and read back: a node whose BMC keeps something else is not switched on, and named. The order is kept: off seen, boot device set and read back, on. Killed at any moment, no node is on without it. Of a node that is on already only the boot device is set.",
    "A node is refused whose script.ipxe wipes its disks (metal.no-wipe=0, or none at all, or one that is not understood) and that looks installed: it is on, or has fetched its root filesystem since it was last switched to other images. --wipe names those that may be wiped all the same; such a node is switched off first if it is on.",
    "A document on standard input narrows the nodes and never widens them: one that is not ready, that has a failed check, or that the earlier commands did not work on is left out and named. A document that failed switches nothing.",
    "One session with each BMC, at the address of its lease; password, cipher suites, --fanout and --bmc-timeout are those of bmc-dhcp. The states are in pitboot-document(5).",
    "A BMC whose IPMI gives no answer at all is asked by Redfish, with a curl for each request and what is read after it, in the same order and looked at as often: by Redfish, too, it is only told On and ForceOff. Of several systems of a BMC the node is the machine that it manages; where that cannot be told, they are named and none is switched. What --redfish auto, never and only, and --redfish-pin, do with the password is in pitboot-bmc-dhcp(8).",
    "Reads conman.conf, statics.conf, dnsmasq.leases, the boot directories and the log of the web server; adds power to the document. The words of ipmitool and curl go to power.log in the log directory.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.partial, EXIT.denied, EXIT.interrupted],
  options,
  environment: ["IPMI_PASSWORD", "PATH"],
  seeAlso: ["ipmitool(1)", "curl(1)"],
  operand: {
    placeholder: "status|on|off",
    kind: "choice",
    help: "What to do.",
    choices: POWER_VERBS,
    isOptional: false,
  },
  examples: [
    ["pitboot power status", "whether nodes are on, and their boot devices"],
    ["pitboot power on --pxe --nodes 'ncn-s*' --dry-run", "which nodes would start"],
    [
      "pitboot run --json | pitboot check | pitboot power on --pxe --nodes 'ncn-s*'",
      "start the storage nodes that are ready and passed all checks",
    ],
    ["pitboot power off --nodes ncn-w003", "switch a node off, and see that it is"],
  ],
  shows: ["power"],
  contactsBmcs: true,
  timesItself: true,
  check: ({ flags, operand }) => checkPower(powerVerb(operand), flags),
  stage: async (draft, flags, host, operand) => {
    const { powerNodes } = await import("../lib/power/power_nodes.ts");
    await powerNodes(draft, { verb: powerVerb(operand), flags }, host);
  },
};

const switching = documentCommand(spec);
/** Who only looks needs no document, and gets a table wherever it goes. */
const looking = documentCommand({ ...spec, onlyShows: true, readsNothing: true });

/** The command `power`. */
export const command: Command<typeof options> = {
  ...switching,
  run: (line, host) => (line.operand === "status" ? looking : switching).run(line, host),
};

export { main };

if (import.meta.main) main(command);
