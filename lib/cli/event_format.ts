/**
 * The manual page of the events, made from their schema.
 *
 * @module
 */

import { EVENT_KINDS, EVENT_SCHEMA, type EventKind } from "../document/event_schema.ts";
import type { Fields } from "../text/shape.ts";
import { type Format, type ObjectSchema, type Term, typeWords } from "./format.ts";

const KINDS_OF_EVENTS = Object.entries<EventKind<Fields>>(EVENT_KINDS);
const { properties = {} }: ObjectSchema = EVENT_SCHEMA;

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
      blocks: Object.entries(properties).map(([key, schema]) => [key, `${schema["description"]}`]),
    },
    { heading: "KINDS OF EVENTS", blocks: KINDS_OF_EVENTS.map(kindTerm) },
    { heading: "OTHER KEYS", blocks: otherKeys() },
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
function kindTerm([what, { meaning, keys }]: [string, EventKind<Fields>]): Term {
  const names = Object.keys(keys).filter((key) => key !== "node");
  return [what, names.length > 0 ? `${meaning} Keys: ${names.join(", ")}.` : meaning];
}

/** The keys that only some kinds have, each with the types that it has in them. */
function otherKeys(): Term[] {
  const entries = KINDS_OF_EVENTS.flatMap(([, { keys }]) => Object.entries(keys))
    .filter(([key]) => key !== "node");
  return [...Map.groupBy(entries, ([key]) => key)].sort().map(([key, schemas]) => {
    const types = schemas.flatMap(([, { schema }]) => typeWords(schema).split(" or "));
    return [key, `(${[...new Set(types)].join(" or ")}) ${schemas[0]?.[1].schema["description"]}`];
  });
}
