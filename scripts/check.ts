/**
 * check: tells whether every node will get what is meant for it, before it is powered on.
 *
 * Synopsis: pitboot check [OPTION]...
 * Input:    a document, if standard input is no terminal
 * Output:   the document with `checks`
 * Exit:     0 no check failed, 3 some did, 1 failed, 2 usage, 130 interrupted
 *
 * @module
 */

import { STAGE_OPTIONS } from "../lib/cli/manual.ts";
import { CHECK_OPTIONS, checkSystem } from "../lib/check/check_system.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";

const options = { ...CHECK_OPTIONS, ...STAGE_OPTIONS };

/** The command `check`. */
export const command = documentCommand<typeof options>({
  name: "check",
  summary: "check, before power-on, that every node will get what is meant for it",
  description: [
    "Looks at what each node would boot, and asks the servers that run now for it. Changes nothing.",
    "images: the links of each node lead to one image, secured, and all nodes boot one kernel. scripts: what each script.ipxe asks for is what is linked, from this PIT; a script that cannot be understood is skipped. web: the web server answers a HEAD request for script, initrd, kernel and root filesystem of each node with 200 and the length of the file; of a 403 the cause is named. tftp: each boot loader that dnsmasq.conf names is handed out, whole, and is a UEFI program for its machine. services: Apache, dnsmasq, conman and basecamp run, and dnsmasq is not older than what it reads at its start. dhcp: each node has a MAC of its own in statics.conf, and each network has a router that lies within it and is not the PIT. leases: each BMC has a lease at the address that is reserved for it, and nobody else has one. cloud-init: data.json knows each node by its MACs, name, xname and addresses, the first master, the number of storage nodes, a certificate authority and packages. space: the disks of the web root, leases, state and logs have 64 MiB free. clock: the PIT's clock is not behind its files. disks: who wipes its disks, and who keeps an old root filesystem.",
    "The result of a check is ok, warn, FAIL or skipped; a warning is no failure. At its end check says what it did not look at.",
    "Reads statics.conf, dnsmasq.d, dnsmasq.leases, dnsmasq.conf, data.json, the web root and the boot images, and calls curl and ps; adds checks to the document.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.partial, EXIT.interrupted],
  options,
  environment: ["PATH"],
  seeAlso: ["curl(1)"],
  examples: [
    ["pitboot check", "before the first node is powered on"],
    ["pitboot run --json | pitboot check", "right after the whole job"],
    ["pitboot check --json | jq '.checks[] | select(.state == \"failed\")'", "what failed"],
  ],
  shows: ["checks"],
  stage: checkSystem,
});

export { main };

if (import.meta.main) main(command);
