/**
 * run: the whole job, with the output that the handbook shows.
 *
 * Synopsis: pitboot run [OPTION]...
 * Output:   the lines of the handbook; with --json the document
 * Exit:     that of the four commands: 0 done, 5 images missing or unusable,
 *           124 leases were missing, 4 those of BMCs that refused the credentials,
 *           3 some nodes are not ready, 1 failed, 2 usage, 130 interrupted
 *
 * @module
 */

import { WHO } from "../lib/cli/environment.ts";
import { DOCUMENT_OPTIONS, EVENT_OPTIONS } from "../lib/cli/manual.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { verdictOf } from "../lib/document/verdict.ts";
import { RUN_OPTIONS } from "../lib/run/run_all.ts";
import { runAndWait, WAIT_FOR_OPTIONS } from "../lib/run/wait_for_boots.ts";

const options = { ...RUN_OPTIONS, ...WAIT_FOR_OPTIONS, ...EVENT_OPTIONS, ...DOCUMENT_OPTIONS };

/** The command `run`. */
export const command = documentCommand<typeof options>({
  name: "run",
  summary: "do everything: choose images, switch BMCs to DHCP, wait for leases, set links",
  description: [
    "Does what resolve-images, bmc-dhcp, wait-leases and set-links do in one process, and prints what the handbook shows. Called as set-sqfs-links.sh it does the same.",
    "It first checks everything it needs and reports all problems together: then no BMC was contacted, and nothing was changed. After that, no node waits for another node's BMC: a node is set up as soon as its BMC has a lease, while other BMCs are still being switched. Other commands may work on other nodes meanwhile, and on those that it is done with; who works on the same is named.",
    "Without a BMC password it leaves the BMCs alone and uses the leases that exist.",
    "--timeout counts from the moment the last BMC was switched to DHCP. Nodes whose BMC has no lease in time are named in the verdict, with the cause and the next command; the others are ready. If none of the missing BMCs could be switched to DHCP, the wait ends after --grace. ^C ends it, too, and what was done so far is kept. Offline nodes stay offline. It boots no node: to power them on is the next step of the handbook.",
    "With --wait-for it goes on until the nodes that are ready have got that far, as boot-progress sees it; somebody must power them on meanwhile.",
    "Each change of what nodes boot is recorded as a generation: history shows it, rollback undoes it.",
  ],
  exits: Object.values(EXIT),
  options,
  environment: ["CSM_RELEASE", "IPMI_PASSWORD", "PATH", ...WHO],
  examples: [
    ["IPMI_PASSWORD=… CSM_RELEASE=1.6.2 pitboot run", "the whole job"],
    ["pitboot run --dry-run", "what it would do, also before the first lease"],
    ["pitboot run --dry-run --verbose", "also which lines of script.ipxe would change"],
    ["pitboot run --wait-for up", "also wait until the nodes, which you power on, are up"],
    ["pitboot run --json | jq .problems", "the document in place of the handbook's lines"],
  ],
  shows: ["nodes"],
  printsHandbook: true,
  contactsBmcs: true,
  verdict: (document, exit, { typed }) =>
    verdictOf(document, exit, (range) => typed.again("--nodes", range)),
  stage: runAndWait,
});

export { main };

if (import.meta.main) main(command);
