/**
 * set-links: sets up what each node boots.
 *
 * Synopsis: pitboot set-links [OPTION]...
 * Input:    a document, unless standard input is a terminal
 * Output:   the document with `nodes`
 * Exit:     0 done, 5 images missing or unusable, 3 some nodes are not ready,
 *           124 leases were missing, 4 those of BMCs that refused the credentials,
 *           1 failed, 2 usage, 130 interrupted
 *
 * @module
 */

import { WHO } from "../lib/cli/environment.ts";
import { DRY_RUN_OPTIONS, STAGE_OPTIONS } from "../lib/cli/manual.ts";
import { Checks } from "../lib/command/checks.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { outcomeOf } from "../lib/document/outcome.ts";
import { RESOLVE_OPTIONS, resolveImages } from "../lib/images/resolve_images.ts";
import { lookForLeases } from "../lib/leases/wait_for_leases.ts";
import { openState } from "../lib/history/state_directory.ts";
import { leasedWork, LINK_OPTIONS, prepareLinks } from "../lib/links/prepare_links.ts";
import { LinkSetter } from "../lib/links/set_links.ts";
import { addUnserved } from "../lib/links/unserved.ts";

const options = { ...RESOLVE_OPTIONS, ...LINK_OPTIONS, ...DRY_RUN_OPTIONS, ...STAGE_OPTIONS };

/** The command `set-links`. */
export const command = documentCommand<typeof options>({
  name: "set-links",
  summary: "set up what each node boots",
  description: [
    "Makes for every node with a lease its boot directory below the web root: links kernel, initrd.img.xz and rootfs to the images of its role, and its own script.ipxe, a copy of boot/script.ipxe; for workers and fabric managers with rd.luks=0.",
    "Everything is planned first; if anything that is needed is missing, nothing is changed. The script of a node is taken away before its links change and put back last, so a node that starts never boots files that do not belong together. A node that is already correct is not touched.",
    "A node in the middle of booting may have fetched its kernel before the change and fetch its root filesystem after it. Nodes that change and that fetched initrd or kernel within the last hour and no root filesystem since, as the web server's log (--access-log) says, or to which it is sending something (ss), are named in a warning, also with --dry-run. So are nodes that keep their disks (metal.no-wipe) and would start the new kernel with the root filesystem that is on them, and nodes that the web server refuses what they boot (403).",
    "With CSM_RELEASE in the environment, rd.live.dir=$CSM_RELEASE is put into boot/script.ipxe; without it, it is taken out.",
    "A node's script that somebody changed is kept. A script that pitboot has no record of is saved in the state directory before it is replaced; if it has metal.no-wipe=1 and the new one has not, it is kept. A node that is offline stays so.",
    "--dry-run shows by release what would become of nodes (1.6.1 → 1.6.2); --verbose what each link holds, before and after.",
    "Each change is recorded as a generation: history shows it, rollback undoes it.",
    "Anything missing from the document is looked up: images as resolve-images does, leases by one look as wait-leases --timeout 0 does. So set-links alone restores links that were removed.",
    "Reads images and leases of the document, statics.conf and boot/script.ipxe; adds nodes to the document.",
  ],
  exits: Object.values(EXIT),
  options,
  environment: ["CSM_RELEASE", ...WHO],
  examples: [
    [
      "pitboot resolve-images | pitboot wait-leases --timeout 0 | pitboot set-links --dry-run",
      "what would change",
    ],
    [
      "pitboot set-links --input chain.json --nodes ncn-w[001-003]",
      "three nodes of a kept document",
    ],
  ],
  shows: ["nodes"],
  stage: async (draft, flags, host) => {
    const checks = new Checks(host);
    using state = await checks.make(draft, () => openState(flags, host));
    await checks.make(draft, () => {
      if (!draft.document.images) resolveImages(draft, flags, host);
    });
    await checks.make(draft, async () => {
      // Who has a lease now; nobody is waited for.
      if (!draft.document.leases) await lookForLeases(draft, flags, host);
    });
    // What is read from here on stays so.
    await checks.make(draft, () => state?.claims.claim(() => leasedWork(draft, flags, host)));
    const work = await prepareLinks(checks, draft, { flags, state }, host);
    if (!checks.havePassed() || !work) return;
    const setter = new LinkSetter(work, draft, host);
    await setter.setAll(draft.document.leases ?? []);
    const applied = setter.end();
    if (!work.state) return;
    setter.conclude(addUnserved(draft, { work, applied, isCutOff: false }, host));
    const isDone = outcomeOf(draft.document).exit === 0;
    if (isDone) host.emit({ what: "ready", webRoot: flags["web-root"] });
  },
});

export { main };

if (import.meta.main) main(command);
