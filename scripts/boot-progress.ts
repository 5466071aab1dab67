/**
 * boot-progress: tells how far each node got in its last boot.
 *
 * Synopsis: pitboot boot-progress [OPTION]...
 * Input:    a document, if standard input is no terminal
 * Output:   the document with `boots`
 * Exit:     0 done, 124 some nodes did not get as far as --wait says, 1 failed,
 *           2 usage, 130 interrupted
 *
 * @module
 */

import { STAGE_OPTIONS } from "../lib/cli/manual.ts";
import { flag, type Flags } from "../lib/cli/options.ts";
import { UsageError } from "../lib/cli/parse_flags.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import type { Host } from "../lib/command/host.ts";
import { main } from "../lib/command/main.ts";
import { EXIT, type ExitCode } from "../lib/document/exit_codes.ts";
import { BOOT_OPTIONS, bootProgress } from "../lib/progress/boot_progress.ts";

const options = {
  ...BOOT_OPTIONS,
  watch: flag("Look again every 2 s, until ^C; needs a terminal."),
  ...STAGE_OPTIONS,
};

const stage = documentCommand<typeof options>({
  name: "boot-progress",
  summary: "show how far each node got in its last boot",
  description: [
    "Tells the furthest that was seen of the last boot of each node, when, and by whom. A boot begins with the newest script that the node asked for; what was before is of another boot. Changes nothing.",
    "BOOT is one of: no sign, dhcp (it asked for an address, or for a boot loader), script, initrd, kernel (the web server has sent that), rootfs (it is receiving its root filesystem), rootfs sent (whether it arrived is not known), up (its console says so). A node that keeps its disks may need no root filesystem.",
    "STATE is moving (bytes arrive), stalled (nothing has arrived for 30 s), refused (the last answer of the web server was 403 or 404), loop (it began again within 20 minutes, without a root filesystem), silent (no sign for twice as long as its peers took, their median, and for 5 minutes), or - (as one would expect).",
    "Sources, each of which may be missing: the web server's access log, and what it was rotated into if that is not compressed; dnsmasq.leases; ss, for transfers under way; the logs of consoles. What cannot be seen is said. Apache stamps a request with its start, and SUSE's format does not tell whether all was sent; where a site adds %O and %X to it, a transfer that broke off is named. nginx is known by the path of its log.",
    "Machines that boot and that statics.conf does not know are named. Behind another command in a chain, only what is seen since that command began counts.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.timeout, EXIT.interrupted],
  options,
  environment: ["PATH"],
  seeAlso: ["ss(8)", "conman(1)"],
  examples: [
    ["pitboot boot-progress", "nodes with the same result share a line"],
    ["pitboot boot-progress --watch", "look on while nodes boot"],
    ["pitboot boot-progress --wait up --timeout 90m --nodes 'ncn-s*'", "until all of them are up"],
    [
      "pitboot boot-progress --json | jq -r '.boots[] | select(.stage != \"up\").node'",
      "who is not up",
    ],
  ],
  shows: ["boots"],
  stage: bootProgress,
});

/** The command `boot-progress`. */
export const command: typeof stage = {
  ...stage,
  run: (line, host) => line.flags.watch ? watchThem(line.flags, host) : stage.run(line, host),
};

async function watchThem(flags: Flags<typeof options>, host: Host): Promise<ExitCode> {
  if (flags.json || flags.pretty) throw new UsageError("--watch shows a table, and no document");
  if (flags.wait) throw new UsageError("--watch ends at ^C, and --wait by itself: choose one");
  const { watchBoots } = await import("../lib/progress/watch_boots.ts");
  return await watchBoots(flags, host);
}

export { main };

if (import.meta.main) main(command);
