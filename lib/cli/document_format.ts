/**
 * The manual page of the document, made from its schema.
 *
 * @module
 */

import { DOCUMENT_SCHEMA } from "../document/document.ts";
import type {
  Bmc,
  BmcLease,
  BootNode,
  Cause,
  Document,
  Image,
  Problem,
} from "../document/document_types.ts";
import type { BootState, Generation, GenerationChange } from "../document/generation.ts";
import { PROBLEM_KINDS } from "../document/problems.ts";
import { type Format, type KeyWords, type ObjectSchema, type Term, terms } from "./format.ts";

const DOCUMENT: KeyWords<Document> = {
  pitboot: "The version of the document.",
  status: "ok: all is done. partial: some nodes are not ready. failed: the chain has ended.",
  problems: "What went wrong so far.",
  images: "The chosen images, by role, for instance kubernetes and storage.",
  bmcs: "The result for each BMC, sorted by name.",
  leases: "The BMCs that have a lease, sorted by name.",
  missing: "The names of the BMCs that have no lease.",
  nodes: "The selected nodes, sorted by name.",
  generations: "The recorded changes, the oldest first.",
};

const PROBLEM: KeyWords<Problem> = {
  stage: "The command that met it.",
  severity: "An error ends the chain, a warning does not.",
  code: "A stable word, see PROBLEM CODES.",
  nodes: "The nodes that it concerns; none if all.",
  message: "What failed, where, and what was found.",
  hint: "What to do next.",
};

const IMAGE: KeyWords<Image> = {
  release: "For instance 1.6.2.",
  stream: "null if the name of the release is of neither form.",
  arch: "null in older releases, which do not name it.",
  directory: "The directory of the three files.",
  kernel: "Its path, bytes and modified (ISO 8601, UTC), and the version in it.",
  initrd: "Its path, bytes and modified.",
  rootfs: "Its path, bytes and modified, and secure: whether the image customiser secured it.",
};

const BMC: KeyWords<Bmc> = {
  name: "For instance ncn-w001-mgmt.",
  node: "The node that it manages.",
  address: "Its address in conman.conf.",
  mac: "Lower case; null if statics.conf does not name it.",
  state:
    "unknown: the session was lost after the write. skipped: it was not asked, reason says why.",
  reason: "Why it is in that state, in a stable word; null where all is well.",
  channel: "Its LAN channel; null if it is not known.",
  seconds: "How long it took.",
  message: "What went wrong, for people.",
  cipherSuite: "The cipher suite that it accepted.",
  completionCode: "The last one that it answered; 0 if all went well.",
};

const LEASE: KeyWords<BmcLease> = {
  bmc: "For instance ncn-w001-mgmt.",
  mac: "Lower case.",
  ip: "The address that it was given.",
  expires: "Seconds since the epoch; null if it never expires.",
};

const LINK = "What the link points to; null if there is no link.";
const LINK_KEYS = { kernel: LINK, initrd: LINK, rootfs: LINK };

const NODE_KEYS: KeyWords<BootNode> = {
  name: "For instance ncn-w001.",
  role: "Its images are those of this role; null if no role has such nodes.",
  directory: "Its boot directory.",
  change: "What was done to its directory; in status unchanged or absent.",
  ...LINK_KEYS,
  script: "What was done to its script; in status ours, edited or missing.",
  links: "What status sees of its links.",
  release: "The release that its links point to.",
  kernelVersion: "The version of the kernel that its link points to.",
  lease: "The address that its BMC was given.",
  cause: "Why it is not ready; null or missing if it is, or if that is not known.",
};

const CAUSE: KeyWords<Cause> = {
  code: "A stable word.",
  message: "What was found, in a few words.",
  hint: "What to do next.",
  address: "Where its BMC listens, if that matters.",
  command: "The command of the hint without --nodes, if the hint is one.",
};

const GENERATION_KEYS: KeyWords<Generation> = {
  number: "The first is 1.",
  parent: "The one whose state a rollback goes to; 0 is the state before the first.",
  restores: "The one whose state was restored, or null.",
  begun: "ISO 8601, UTC.",
  ended: "ISO 8601, UTC; null if it is running or was interrupted.",
  who: "Who did it.",
  command: "The command line.",
  bootScript: "The SHA-256 of boot/script.ipxe before and after; null if it did not change.",
  changes: "What happened; nodes to which the same happened share an entry.",
};

const CHANGE_KEYS: KeyWords<GenerationChange> = {
  nodes: "Their names.",
  before: "What they booted before; null if they had no boot directory.",
  after: "What they boot after it; null if they have no boot directory.",
  failed: "Why it was not done; null if it was.",
};

const STATE: KeyWords<BootState> = {
  release: "The release that the links point to; null if that is not an image.",
  ...LINK_KEYS,
  script: "Its sha256, and edited: whether an administrator wrote it; null if there is none.",
  offline: "Whether the node is offline.",
};

/** The headings of the objects in the document, where they are, and what their keys mean. */
const OBJECTS: readonly (readonly [string, path: string, Readonly<Record<string, string>>])[] = [
  ["THE DOCUMENT", "", DOCUMENT],
  ["AN ENTRY OF PROBLEMS", "problems", PROBLEM],
  ["AN ENTRY OF IMAGES", "images", IMAGE],
  ["AN ENTRY OF BMCS", "bmcs", BMC],
  ["AN ENTRY OF LEASES", "leases", LEASE],
  ["AN ENTRY OF NODES", "nodes", NODE_KEYS],
  ["THE CAUSE OF A NODE", "nodes.cause", CAUSE],
  ["AN ENTRY OF GENERATIONS", "generations", GENERATION_KEYS],
  ["AN ENTRY OF CHANGES", "generations.changes", CHANGE_KEYS],
  ["BEFORE AND AFTER", "generations.changes.before", STATE],
];

const DOCUMENT_WORDS = [
  "One JSON object. The commands of pitboot pass it to each other: each reads one, adds its own keys, keeps all others, and writes one to standard output. Messages for people go to standard error.",
  'A command reads a document from --input FILE, or from standard input if that is not a terminal. {"pitboot":1} is a complete document; use </dev/null to start without one. After 2 s without a document the command says that it waits for one; in wait-leases this wait is part of --timeout.',
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
    ...OBJECTS.map(([heading, path, words]) => ({ heading, blocks: terms(schemaAt(path), words) })),
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
