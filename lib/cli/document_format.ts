/**
 * The manual page of the document, made from its schema.
 *
 * @module
 */

import { DOCUMENT_SCHEMA } from "../document/document.ts";
import { PROBLEM_KINDS } from "../document/problems.ts";
import { type Format, type ObjectSchema, type Term, terms } from "./format.ts";

/** The headings of the objects in the document, and where they are. */
const OBJECTS: readonly (readonly [heading: string, path: string])[] = [
  ["THE DOCUMENT", ""],
  ["AN ENTRY OF PROBLEMS", "problems"],
  ["AN ENTRY OF IMAGES", "images"],
  ["AN ENTRY OF BMCS", "bmcs"],
  ["AN ENTRY OF LEASES", "leases"],
  ["AN ENTRY OF NODES", "nodes"],
  ["THE CAUSE OF A NODE", "nodes.cause"],
  ["AN ENTRY OF CHECKS", "checks"],
  ["AN ENTRY OF POWER", "power"],
  ["THE BOOT DEVICE OF A NODE", "power.boot"],
  ["AN ENTRY OF GENERATIONS", "generations"],
  ["AN ENTRY OF CHANGES", "generations.changes"],
  ["BEFORE AND AFTER", "generations.changes.before"],
];

const DOCUMENT_WORDS = [
  "One JSON object. The commands of pitboot pass it to each other: each reads one, adds its own keys, keeps all others, and writes one to standard output. Messages for people go to standard error.",
  'A command reads a document from --input FILE, or from standard input if that is not a terminal. {"pitboot":1} is a complete document; use </dev/null to start without one. After 2 s without a document the command says that it waits for one, unless another one is there to write it; in wait-leases this wait is part of --timeout.',
  "The document is written even on failure. A command that is given a document whose status is failed does nothing, passes it on, and exits as the command that failed: a chain needs no pipefail.",
  "In a loop such as while read node; do pitboot ...; done <list standard input is the list. With --nodes, pitboot reads nothing from a file that is not a document; without, it reads one line, and asks for </dev/null.",
  "Keys, codes and values are only ever added. The JSON Schema is DOCUMENT_SCHEMA of the library, mod.ts.",
];

/** The manual page of the document. */
export const DOCUMENT_FORMAT: Format = {
  name: "document",
  summary: "the JSON object that the commands of pitboot pass to each other",
  parts: [
    { heading: "DESCRIPTION", blocks: DOCUMENT_WORDS },
    ...OBJECTS.map(([heading, path]) => ({ heading, blocks: terms(schemaAt(path)) })),
    {
      heading: "PROBLEM CODES",
      blocks: [
        "By severity, and the exit code that they ask for.",
        ...Map.groupBy(
          Object.entries(PROBLEM_KINDS),
          ([, { severity, exit }]) => `${severity}, exit code ${exit}`,
        ).entries().map((
          [kind, problems],
        ): Term => [kind, `${problems.map(([code]) => code).join(", ")}.`]),
      ],
    },
    {
      heading: "EXAMPLES",
      blocks: [
        "What went wrong:",
        { lines: ["pitboot run --json | jq -r '.problems[] | .code + \": \" + .message'"] },
        "The nodes that are not ready:",
        { lines: ["pitboot status --json | jq -r '.nodes[] | select(.cause) | .name'"] },
      ],
    },
    { heading: "SEE ALSO", blocks: ["pitboot(8), pitboot-events(5), jq(1)"] },
  ],
};

/** What is at a path: an object, an entry of a list or of a dictionary, or `null` instead. */
function schemaAt(path: string): ObjectSchema {
  return path.split(".").filter(Boolean).reduce<ObjectSchema>(({ properties = {} }, key) => {
    const value = properties[key] ?? {};
    return value.items ?? value.additionalProperties ?? value.anyOf?.[0] ?? value;
  }, DOCUMENT_SCHEMA);
}
