/**
 * releases: lists the releases that nodes could boot.
 *
 * Synopsis: pitboot releases [OPTION]...
 * Output:   a table; with --json a document with `releases`
 * Exit:     0 done, 1 failed, 2 usage, 130 interrupted
 *
 * @module
 */

import { DOCUMENT_OPTIONS } from "../lib/cli/manual.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { listKnownReleases, RELEASES_OPTIONS } from "../lib/status/known_releases.ts";

const options = { ...RELEASES_OPTIONS, ...DOCUMENT_OPTIONS };

/** The command `releases`. */
export const command = documentCommand<typeof options>({
  name: "releases",
  summary: "list the releases that nodes could boot",
  description: [
    "Lists the releases of each role below the data directory, the newest first: whether each is whole and secured, its kernel, and which of the selected nodes boot it. The chosen one is what run takes unless --release names another.",
    "A release is whole if its kernel, initrd and root filesystem are there, look as they should, and can be read by the web server; of the others --json says what is wrong (fault), and so does -v.",
    "Reads statics.conf, the web root and the boot images. Changes nothing.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.interrupted],
  options,
  environment: [],
  examples: [
    ["pitboot releases", "what there is, and who boots it"],
    [
      "pitboot releases --json | jq -r '.releases[] | select(.fault) | .fault'",
      "what is wrong with those that cannot be used",
    ],
  ],
  shows: ["releases"],
  onlyShows: true,
  stage: listKnownReleases,
});

export { main };

if (import.meta.main) main(command);
