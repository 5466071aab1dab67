/**
 * run: the whole job, with the output that the handbook shows.
 *
 * Synopsis: pitboot run [OPTION]...
 * Output:   the lines of the handbook; with --json the document
 * Exit:     that of the four commands: 0 done, 5 images missing or unfit,
 *           124 leases were missing, 3 some nodes are not ready, 1 failed,
 *           2 usage, 130 interrupted
 *
 * @module
 */

import { WHO } from "../lib/cli/environment.ts";
import { BMC_OPTIONS, setBmcs } from "../lib/bmc/set_bmcs.ts";
import { COMMON_OPTIONS, DRY_RUN_OPTIONS, OUTPUT_OPTIONS } from "../lib/cli/manual.ts";
import type { Flags } from "../lib/cli/options.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import type { Draft } from "../lib/command/draft.ts";
import type { Host } from "../lib/command/host.ts";
import { main } from "../lib/command/main.ts";
import { RESOLVE_OPTIONS, resolveImages } from "../lib/images/resolve_images.ts";
import { WAIT_OPTIONS, waitForLeases } from "../lib/leases/wait_for_leases.ts";
import { LINK_OPTIONS, setLinks } from "../lib/links/set_links.ts";

const options = {
  ...RESOLVE_OPTIONS,
  ...BMC_OPTIONS,
  ...WAIT_OPTIONS,
  ...LINK_OPTIONS,
  ...DRY_RUN_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...COMMON_OPTIONS,
};

/** The command `run`. */
export const command = documentCommand<typeof options>({
  name: "run",
  summary: "choose images, turn BMCs to DHCP, wait for leases, set links",
  description: [
    "Does what resolve-images, bmc-dhcp, wait-leases and set-links do, one after another in one process, and prints what the handbook shows. Called as set-sqfs-links.sh it does the same.",
    "Without a BMC password it leaves the BMCs alone, and uses the leases that are there.",
    "Nodes whose BMC has no lease in time are named and left out; the others are served. Nodes that are offline stay so.",
    "Each change of what nodes boot is remembered as a generation: history shows it, rollback undoes it.",
  ],
  options,
  environment: ["CSM_RELEASE", "IPMI_PASSWORD", "PATH", ...WHO],
  examples: [
    ["IPMI_PASSWORD=… CSM_RELEASE=1.6.2 pitboot run", "the whole job"],
    ["pitboot run --dry-run", "what it would do"],
    ["pitboot run --json | jq .problems", "the document in place of the handbook's lines"],
  ],
  shows: ["nodes"],
  printsHandbook: true,
  stage: runAll,
});

async function runAll(draft: Draft, flags: Flags<typeof options>, host: Host): Promise<void> {
  const { signal } = host.context;
  draft.begin("resolve-images");
  resolveImages(draft, flags, host);
  draft.begin("bmc-dhcp");
  await setBmcs(draft, { ...flags, reset: false }, host);
  signal.throwIfAborted();
  draft.begin("wait-leases");
  // Where no BMC was told to ask for a lease, none will come: look once.
  const idle = draft.document.bmcs?.every(({ state }) => ["skipped", "denied"].includes(state));
  await waitForLeases(draft, idle ? { ...flags, timeout: 0 } : flags, host);
  signal.throwIfAborted();
  draft.begin("set-links");
  await setLinks(draft, flags, host);
}

if (import.meta.main) main(command);
