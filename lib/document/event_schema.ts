/**
 * The JSON Schema of the lines that `--events` writes. The tests hold it to the events:
 * the compiler its keys, and what real runs write all of it.
 *
 * @module
 */

import {
  boolean,
  integer,
  type JsonSchema,
  list,
  nullable,
  number,
  object,
  text,
} from "../text/shape.ts";
import { DOCUMENT_SCHEMA } from "./document.ts";

const [IMAGES, PROBLEM] = [partOf("images"), partOf("problems", "items")];
const BMC_STATE = partOf("bmcs", "items", "properties", "state");
const BMC_REASON = partOf("bmcs", "items", "properties", "reason");
const CHANGE_WORD = partOf("nodes", "items", "properties", "change");
const COUNTS = { leased: integer.schema, expected: integer.schema };
const NODE_KEY = { node: text.schema };
const NODE_VERDICT = object(
  { node: text, code: text, message: text, hint: nullable(text) },
  { address: text, command: text },
);

/** The keys of each kind of event besides `what`. */
export const EVENT_KEYS = {
  "resolving": {},
  "resolved": { images: IMAGES },
  "refused": { failed: integer.schema, checks: integer.schema },
  "no-password": {},
  "setting": { conman: text.schema, nodes: list(text).schema },
  "asking": { ...NODE_KEY, address: text.schema },
  "asked": {
    ...NODE_KEY,
    address: text.schema,
    state: BMC_STATE,
    reason: BMC_REASON,
    message: nullable(text).schema,
    seconds: number.schema,
  },
  "counted": { leased: integer.schema },
  "waiting": { ...COUNTS, missing: list(text).schema, left: nullable(number).schema },
  "counting": { left: number.schema },
  "lease": { ...NODE_KEY, ...COUNTS, ip: text.schema },
  "lease-ended": { ...NODE_KEY, ...COUNTS },
  "leases-gone": { leases: text.schema, isThere: boolean.schema },
  "leased": { expected: integer.schema },
  "hopeless": { nodes: list(text).schema, seconds: number.schema },
  "linking": { leases: text.schema, release: nullable(text).schema },
  "linked": { ...NODE_KEY, change: CHANGE_WORD, release: nullable(text).schema },
  "ready": { webRoot: text.schema },
  "problem": { problem: PROBLEM },
  "verdict": {
    summary: text.schema,
    exit: integer.schema,
    next: text.schema,
    nodes: list(NODE_VERDICT).schema,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;

/**
 * The JSON Schema of a line that `--events` writes, draft 2020-12. Kinds of events
 * and keys are only ever added.
 */
export const EVENT_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "pitboot event",
  type: "object",
  required: ["time", "stage", "node", "what"],
  properties: {
    time: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" },
    stage: text.schema,
    node: nullable(text).schema,
    what: { enum: Object.keys(EVENT_KEYS) },
  },
  oneOf: Object.entries(EVENT_KEYS).map(([what, keys]) => ({
    required: Object.keys(keys),
    properties: { what: { const: what }, ...keys },
  })),
};

/** The schema of a part of the document. */
function partOf(...keys: readonly [string, ...string[]]): JsonSchema {
  return keys.reduce(
    (schema, key) => schema[key] as JsonSchema,
    DOCUMENT_SCHEMA["properties"] as JsonSchema,
  );
}
