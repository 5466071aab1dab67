/**
 * wait-leases: waits until every BMC has a lease.
 *
 * Synopsis: pitboot wait-leases [OPTION]...
 * Input:    a document, if standard input is no terminal
 * Output:   the document with `leases` and `missing`
 * Exit:     0 all have one, 124 timed out, waiting for leases or for the document,
 *           4 all BMCs without a lease refused the credentials, 1 failed, 2 usage,
 *           130 interrupted
 *
 * @module
 */

import { STAGE_OPTIONS } from "../lib/cli/manual.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { WAIT_OPTIONS, waitForLeases } from "../lib/leases/wait_for_leases.ts";

const options = { ...WAIT_OPTIONS, ...STAGE_OPTIONS };

/** The command `wait-leases`. */
export const command = documentCommand<typeof options>({
  name: "wait-leases",
  summary: "wait until every BMC has a lease",
  description: [
    "Waits until every BMC of statics.conf, but the PIT's, has a lease that has not expired. A lease belongs to the BMC with its MAC; if statics.conf does not know that MAC, to the one with its address, else to the one with its name.",
    "During the wait, the file of leases may disappear and come back, as when dnsmasq is set up again: while it does not exist, there are no leases yet. With --timeout 0 that is an error.",
    "In a chain, the time spent waiting for the document of the previous command counts, too: if --timeout ends before it comes, the exit code is 124. With --timeout 0 there is no limit for the document.",
    "After the timeout pitboot names the BMCs without a lease, with what bmc-dhcp saw of them, and leases that it did not expect: this reveals a mistyped MAC. The document can still be passed on: set-links sets up the nodes whose BMCs have a lease.",
    "Reads statics.conf and dnsmasq.leases; adds leases and missing to the document. Changes nothing.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.denied, EXIT.timeout, EXIT.interrupted],
  options,
  examples: [
    ["pitboot wait-leases --timeout 0 --json", "show which BMCs have a lease now"],
    [
      "pitboot wait-leases --exclude ncn-w003",
      "do not wait for a node that is known to be dead",
    ],
  ],
  shows: ["leases"],
  stage: (draft, flags, host) => waitForLeases(draft, flags, host),
});

export { main };

if (import.meta.main) main(command);
