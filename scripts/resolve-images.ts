/**
 * resolve-images: chooses the boot images.
 *
 * Synopsis: pitboot resolve-images [OPTION]...
 * Input:    a document, if standard input is no terminal
 * Output:   the document with `images`
 * Exit:     0 done, 5 images missing or unusable, 1 failed, 2 usage,
 *           130 interrupted
 *
 * @module
 */

import { STAGE_OPTIONS } from "../lib/cli/manual.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { RESOLVE_OPTIONS, resolveImages } from "../lib/images/resolve_images.ts";

const options = { ...RESOLVE_OPTIONS, ...STAGE_OPTIONS };

/** The command `resolve-images`. */
export const command = documentCommand<typeof options>({
  name: "resolve-images",
  summary: "choose the boot images",
  description: [
    "Chooses for every role (kubernetes, storage, and what the site added) the newest complete release: a kernel, an initrd and a root filesystem of one release in one directory. Within a release, a secured root filesystem is preferred to the original.",
    "It checks the headers and lengths of the three files, and that the web server can read them. If the newest release is unusable, or incomplete because it is still being copied, pitboot does not take an older one silently: name it with --release.",
    "The kernels of all roles must have the same version. A role that no selected node has (--nodes, statics.conf) needs no image.",
    "Reads the images; adds images to the document. Changes nothing.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.images, EXIT.interrupted],
  options,
  examples: [
    ["pitboot resolve-images", "show what nodes would boot"],
    ["pitboot resolve-images --release kubernetes=1.6.2 | pitboot bmc-dhcp", "choose, and go on"],
  ],
  shows: ["images"],
  stage: resolveImages,
});

export { main };

if (import.meta.main) main(command);
