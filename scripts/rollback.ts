/**
 * rollback: gives nodes back what they booted before.
 *
 * Synopsis: pitboot rollback [OPTION]... [N]
 * Output:   a table; with --json a document with `nodes`
 * Exit:     0 done, 3 some nodes are not ready, 5 images missing or unusable,
 *           1 failed, 2 usage, 130 interrupted
 *
 * @module
 */

import { WHO } from "../lib/cli/environment.ts";
import { DOCUMENT_OPTIONS, DRY_RUN_OPTIONS } from "../lib/cli/manual.ts";
import { UsageError } from "../lib/cli/read_words.ts";
import { shellWords } from "../lib/cli/shell_words.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { GENERATION, generationNumber } from "../lib/history/generation_number.ts";
import { foldHosts } from "../lib/text/host_range.ts";
import { rollBack, ROLLBACK_OPTIONS } from "../lib/links/rollback.ts";

const options = { ...ROLLBACK_OPTIONS, ...DRY_RUN_OPTIONS, ...DOCUMENT_OPTIONS };

/** The command `rollback`. */
export const command = documentCommand<typeof options>({
  name: "rollback",
  summary: "give nodes back what they booted before",
  description: [
    "Undoes the newest change: every node that it touched boots again what it booted before, with the script that it had, also one that an administrator had edited; boot/script.ipxe comes back, too. With N it goes back to the end of generation N, by undoing all later ones; 0 is what was there before pitboot. With --nodes only these nodes go back to what they booted at the end of N; the others and boot/script.ipxe stay as they are. Repeat it to go back one step further; after a rollback that was interrupted, or could not say that it was done, it goes to the same generation as that one.",
    "Everything is checked first: if an image does not exist any more or is unusable, nothing is changed. Nodes are switched as set-links switches them. A script that somebody has changed since is kept, with its directory.",
    "A rollback is itself a generation: pitboot history shows it, and it can be undone by the number of the one before it.",
    "Reads and writes the state directory and the web root; shows a table, or with --json a document with nodes.",
  ],
  exits: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.partial, EXIT.images, EXIT.interrupted],
  options,
  environment: WHO,
  operand: GENERATION,
  examples: [
    ["pitboot rollback --dry-run", "what the last change would be undone to"],
    ["pitboot rollback 3", "to the state at the end of generation 3"],
    ["pitboot rollback --nodes ncn-w003 3", "the same for one node, and no other"],
  ],
  shows: ["nodes"],
  isAlone: true,
  check: ({ flags: { nodes }, operand }) => {
    if (generationNumber(operand) !== null || nodes === null) return;
    throw new UsageError(
      `with --nodes the generation has to be named: ${
        shellWords(["pitboot history", "--nodes", foldHosts(nodes)])
      } lists them`,
    );
  },
  stage: (draft, flags, host, operand) =>
    rollBack(draft, { flags, number: generationNumber(operand) }, host),
});

export { main };

if (import.meta.main) main(command);
