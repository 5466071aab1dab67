/**
 * wait-leases: waits until every BMC has a lease.
 *
 * Synopsis: pitboot wait-leases [OPTION]...
 * Input:    a document, if standard input is no terminal
 * Output:   the document with `leases` and `missing`
 * Exit:     0 all have one, 124 timed out, waiting for leases or for the document,
 *           1 failed, 2 usage, 130 interrupted
 *
 * @module
 */

import { COMMON_OPTIONS, EVENT_OPTIONS, INPUT_OPTIONS, OUTPUT_OPTIONS } from "../lib/cli/manual.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { WAIT_OPTIONS, waitForLeases } from "../lib/leases/wait_for_leases.ts";

const options = {
  ...WAIT_OPTIONS,
  ...INPUT_OPTIONS,
  ...EVENT_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...COMMON_OPTIONS,
};

/** The command `wait-leases`. */
export const command = documentCommand<typeof options>({
  name: "wait-leases",
  summary: "wait until every BMC has a lease",
  description: [
    "Waits until every BMC of statics.conf, but the PIT's, has a lease that has not ended. A lease belongs to one BMC: by its MAC; if statics.conf does not know that, by its address, else by its name.",
    "While it waits, the file of leases may come and go, as it does where dnsmasq is set up again: as long as it is not there, there are no leases yet. With --timeout 0 that is an error.",
    "The time that the command before it in a chain takes for its document counts, too: when --timeout is over before there is one, the exit code is 124. With --timeout 0 it takes as long as it takes.",
    "After the timeout the BMCs without a lease are named, with what bmc-dhcp saw of them, and so are leases that nobody expected: that is how a mistyped MAC shows. The document can still be handed on: set-links serves the nodes that are ready.",
    "Reads statics.conf and dnsmasq.leases; adds leases and missing to the document. Nothing is changed.",
  ],
  options,
  examples: [
    ["pitboot wait-leases --timeout 0 --json", "who has a lease now"],
    [
      "pitboot wait-leases --exclude ncn-w003",
      "do not wait for a node that is known to be dead",
    ],
  ],
  shows: ["leases"],
  stage: (draft, flags, host) => waitForLeases(draft, flags, host),
});

if (import.meta.main) main(command);
