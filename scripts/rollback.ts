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
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import { GENERATION, generationNumber } from "../lib/history/generation_number.ts";
import { rollBack, ROLLBACK_OPTIONS } from "../lib/links/rollback.ts";

const options = { ...ROLLBACK_OPTIONS, ...DRY_RUN_OPTIONS, ...DOCUMENT_OPTIONS };

/** The command `rollback`. */
export const command = documentCommand<typeof options>({
  name: "rollback",
  summary: "give nodes back what they booted before",
  description: [
    "Undoes the newest change: every node that it touched boots again what it booted before, with the script that it had, also one that an administrator had edited; boot/script.ipxe comes back, too. With N it goes back to the end of generation N, by undoing all later ones; 0 is what was there before pitboot. Repeat it to go back one step further; after a rollback that was interrupted, or could not say that it was done, it goes to the same generation as that one.",
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
  ],
  shows: ["nodes"],
  isAlone: true,
  check: ({ operand }) => void generationNumber(operand),
  stage: (draft, flags, host, operand) =>
    rollBack(draft, { flags, number: generationNumber(operand) }, host),
});

export { main };

if (import.meta.main) main(command);
