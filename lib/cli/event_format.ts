/**
 * The manual page of the events, made from their schema.
 *
 * @module
 */

import type { Event } from "../document/event.ts";
import { EVENT_KEYS } from "../document/event_schema.ts";
import type { JsonSchema } from "../text/shape.ts";
import { type Format, type Term, typeWords } from "./format.ts";

/** When each event is written. */
const KINDS_OF_EVENTS: Readonly<Record<Event["what"], string>> = {
  "resolving": "The search for images begins.",
  "resolved": "The images are chosen.",
  "refused": "Checks have failed; nothing was done.",
  "no-password": "There is no password: no BMC will be switched to DHCP.",
  "setting": "BMCs are about to be switched to DHCP.",
  "asking": "A session with a BMC begins.",
  "asked": "The result for a BMC.",
  "counted": "How many BMCs have a lease before the wait.",
  "waiting": "Some BMCs have no lease: at first, at each change, and now and then.",
  "counting": "The last BMC was switched to DHCP; the time of --timeout begins.",
  "lease": "A BMC has a new lease.",
  "lease-ended": "The lease of a BMC has expired.",
  "leases-gone": "The file of leases does not exist any more, or holds none.",
  "leased": "All BMCs have a lease.",
  "hopeless": "The wait ends early: none of the missing BMCs could be switched to DHCP.",
  "linking": "Boot directories are about to be made.",
  "linked": "The result for a node.",
  "ready": "All is done.",
  "problem": "Something that an administrator should know.",
  "verdict": "The last event, if not all nodes are ready: which, why, and what to do.",
};

type KeyOf<E> = E extends unknown ? keyof E : never;

const KEYS_OF_EVENTS: Readonly<Record<Exclude<KeyOf<Event>, "what" | "node">, string>> = {
  address: "Where the BMC listens.",
  change: "As in the document.",
  checks: "How many checks there were.",
  conman: "The path of conman.conf.",
  exit: "The exit code.",
  expected: "How many BMCs should have a lease.",
  failed: "How many checks failed.",
  images: "As in the document.",
  ip: "The address of the lease.",
  isThere: "Whether the file exists.",
  leased: "How many BMCs have a lease.",
  leases: "The path of the file of leases.",
  left: "Seconds until the wait ends; null while BMCs are still being switched to DHCP.",
  message: "What went wrong, for people.",
  missing: "The nodes whose BMCs have no lease.",
  next: "The next command.",
  nodes: "The nodes; in verdict each with its cause, as in the document.",
  problem: "As in the document.",
  reason: "As in the document.",
  release: "The release; in linking that of CSM_RELEASE.",
  seconds: "How long it took; in hopeless the time without a change.",
  state: "As in the document.",
  summary: "The first line.",
  webRoot: "The path that the web server serves.",
};

const EVENT_WORDS = [
  "pitboot run, resolve-images, bmc-dhcp, wait-leases and set-links add an event to the file of --events for whatever happens, one JSON object a line. Kinds of events and keys are only ever added; the JSON Schema of a line is EVENT_SCHEMA of the library, mod.ts.",
  "FILE must be a regular file; the commands of a chain may share it. Each keeps it open to its end: logrotate needs copytruncate, which tail -F follows; after a rename or removal, further events are not visible. If the file cannot be written any more, the work goes on, and a warning says so.",
];

/** Lines that a run has written. */
export const EVENT_EXAMPLES: readonly string[] = [
  '{"time":"2026-11-25T08:41:15.451Z","stage":"bmc-dhcp","node":null,"what":"setting","conman":"/etc/conman.conf","nodes":["ncn-w001"]}',
  '{"time":"2026-11-25T08:41:15.535Z","stage":"wait-leases","node":null,"what":"waiting","missing":["ncn-w001"],"leased":0,"expected":1,"left":900}',
  '{"time":"2026-11-25T08:41:16.364Z","stage":"wait-leases","node":"ncn-w001","what":"lease","ip":"10.254.1.8","leased":1,"expected":1}',
];

/** The manual page of the events. */
export const EVENT_FORMAT: Format = {
  name: "events",
  summary: "what pitboot tells programs while it works, as lines of JSON",
  parts: [
    { heading: "DESCRIPTION", blocks: EVENT_WORDS },
    {
      heading: "KEYS OF EVERY EVENT",
      blocks: [
        ["time", "ISO 8601, UTC, with milliseconds."],
        ["stage", "The command that it is from."],
        ["node", "The node that it concerns; null if none, or many."],
        ["what", "The kind of the event."],
      ],
    },
    { heading: "KINDS OF EVENTS", blocks: Object.entries(KINDS_OF_EVENTS).map(kindTerm) },
    { heading: "OTHER KEYS", blocks: Object.entries(KEYS_OF_EVENTS).map(keyTerm) },
    {
      heading: "EXAMPLES",
      blocks: [
        "The nodes whose BMCs get a lease, as they get it:",
        {
          lines: [
            "pitboot run --events /var/log/pitboot/events.jsonl &",
            "tail -n +1 -F /var/log/pitboot/events.jsonl | jq -r 'select(.what==\"lease\")|.node'",
          ],
        },
        "Some events:",
        { lines: EVENT_EXAMPLES },
      ],
    },
    { heading: "SEE ALSO", blocks: ["pitboot(8), pitboot-document(5), jq(1)"] },
  ],
};

/** A kind of event, with the keys that it has. */
function kindTerm([what, words]: [string, string]): Term {
  const keys = Object.keys(EVENT_KEYS[what as Event["what"]]).filter((key) => key !== "node");
  return [what, keys.length > 0 ? `${words} Keys: ${keys.join(", ")}.` : words];
}

/** A key, with the types that it has in the kinds of events. */
function keyTerm([key, words]: [string, string]): Term {
  const types = Object.values<Readonly<Record<string, JsonSchema>>>(EVENT_KEYS)
    .filter((keys) => key in keys)
    .flatMap((keys) => typeWords(keys[key] ?? {}).split(" or "));
  return [key, `(${[...new Set(types)].join(" or ")}) ${words}`];
}
