/**
 * The events that stages report while they work, each with its stage, its meaning and its
 * keys: their type, the JSON Schema of the lines that `--events` writes, and the manual
 * page follow from these. Stages do not know who listens, or what is shown of an event.
 *
 * @module
 */

import {
  boolean,
  described,
  integer,
  type JsonSchema,
  list,
  nullable,
  number,
  object,
  oneOf,
  type Shape,
  text,
} from "../text/shape.ts";
import type {
  BmcProtocol,
  BmcReason,
  BmcState,
  Boot,
  BootNode,
  Image,
  NodePower,
  Problem,
} from "./document.ts";
import { DOCUMENT_SCHEMA } from "./document.ts";
import type { ExitCode } from "./exit_codes.ts";

const LEFT = "Seconds until the wait ends; null while BMCs are still being switched to DHCP.";
const NODES = "The nodes; in verdict each with its cause, as in the document.";
const nodeVerdict = object(
  { node: text, code: text, message: text, hint: nullable(text) },
  { address: text, command: text },
);

/** The keys that mean the same in each event that has them. */
const KEYS = {
  address: described(text, "Where the BMC listens."),
  at: inDocument<Boot["at"]>("boots", "items", "properties", "at"),
  by: inDocument<BmcProtocol | null>("bmcs", "items", "properties", "by"),
  change: inDocument<BootNode["change"]>("nodes", "items", "properties", "change"),
  checks: described(integer, "How many checks there were."),
  conman: described(text, "The path of conman.conf."),
  exit: described(integer as Shape<number> as Shape<ExitCode>, "The exit code."),
  expected: described(integer, "How many BMCs should have a lease."),
  failed: described(integer, "How many checks failed."),
  images: inDocument<Readonly<Record<string, Image>>>("images"),
  ip: described(text, "The address of the lease."),
  isThere: described(boolean, "Whether the file exists."),
  leased: described(integer, "How many BMCs have a lease."),
  leases: described(text, "The path of the file of leases."),
  left: described(nullable(number), LEFT),
  message: described(nullable(text), "What went wrong, for people."),
  missing: described(list(text), "The nodes whose BMCs have no lease."),
  next: described(text, "The next command."),
  node: text,
  nodes: described(list(text), NODES),
  power: inDocument<NodePower["state"]>("power", "items", "properties", "state"),
  problem: inDocument<Problem>("problems", "items"),
  reached: inDocument<Boot["stage"]>("boots", "items", "properties", "stage"),
  reason: inDocument<BmcReason | null>("bmcs", "items", "properties", "reason"),
  release: described(nullable(text), "The release; in linking that of CSM_RELEASE."),
  seconds: described(number, "How long it took; in hopeless the time without a change."),
  source: inDocument<Boot["source"]>("boots", "items", "properties", "source"),
  state: inDocument<BmcState>("bmcs", "items", "properties", "state"),
  tries: inDocument<Boot["tries"]>("boots", "items", "properties", "tries"),
  summary: described(text, "The first line."),
  wish: described(oneOf("status", "on", "off"), "What is asked for."),
  webRoot: described(text, "The path that the web server serves."),
} as const;

type KeyName = keyof typeof KEYS;
type KeysOf<K extends KeyName> = Pick<typeof KEYS, K>;

/** A kind of events. */
export interface EventKind<K> {
  /** The stage that it is of; `null`: no certain one. */
  readonly stage: string | null;
  /** What has happened when it is written. */
  readonly meaning: string;
  /** Its keys besides `what`. */
  readonly keys: K;
}

type KindMaker = <K extends KeyName = never>(
  meaning: string,
  ...names: K[]
) => EventKind<KeysOf<K>>;

const resolveEvent = kindsOf("resolve-images");
const dhcpEvent = kindsOf("bmc-dhcp");
const waitEvent = kindsOf("wait-leases");
const linkEvent = kindsOf("set-links");
const bootEvent = kindsOf("boot-progress");
const powerEvent = kindsOf("power");
const anyEvent = kindsOf(null);

/** The kinds of events by `what`; kinds and keys are only ever added. */
export const EVENT_KINDS = {
  "resolving": resolveEvent("The search for images begins."),
  "resolved": resolveEvent("The images are chosen.", "images"),
  "refused": anyEvent("Checks have failed; nothing was done.", "failed", "checks"),
  "no-password": dhcpEvent("There is no password: no BMC will be switched to DHCP."),
  "setting": dhcpEvent("BMCs are about to be switched to DHCP.", "conman", "nodes"),
  "enabling": dhcpEvent("IPMI is about to be turned on where it is off.", "nodes"),
  "asking": dhcpEvent("A session with a BMC begins.", "node", "address"),
  "asked": dhcpEvent(
    "The result for a BMC.",
    ...["node", "address", "state", "reason", "by", "message", "seconds"] as const,
  ),
  "counted": waitEvent("How many BMCs have a lease before the wait.", "leased"),
  "waiting": waitEvent(
    "Some BMCs have no lease: at first, at each change, and now and then.",
    ...["leased", "expected", "missing", "left"] as const,
  ),
  "counting": {
    ...waitEvent("The last BMC was switched to DHCP; the time of --timeout begins."),
    keys: { left: described(number, LEFT) },
  },
  "lease": waitEvent("A BMC has a new lease.", "node", "leased", "expected", "ip"),
  "lease-ended": waitEvent("The lease of a BMC has expired.", "node", "leased", "expected"),
  "leases-gone": waitEvent(
    "The file of leases does not exist any more, or holds none.",
    "leases",
    "isThere",
  ),
  "leased": waitEvent("All BMCs have a lease.", "expected"),
  "hopeless": waitEvent(
    "The wait ends early: none of the missing BMCs could be switched to DHCP.",
    "nodes",
    "seconds",
  ),
  "linking": linkEvent("Boot directories are about to be made.", "leases", "release"),
  "linked": linkEvent("The result for a node.", "node", "change", "release"),
  "ready": linkEvent("All is done.", "webRoot"),
  "booting": bootEvent(
    "How far a node got: at first, and whenever that changes.",
    ...["node", "reached", "at", "source", "tries"] as const,
  ),
  "powering": powerEvent("The BMCs of nodes are about to be asked.", "wish", "nodes"),
  "powered": powerEvent(
    "The result for the power of a node.",
    ...["node", "address", "wish", "power", "by", "message", "seconds"] as const,
  ),
  "problem": anyEvent("Something that an administrator should know.", "problem"),
  "verdict": {
    ...anyEvent("The last event, if not all nodes are ready: which, why, and what to do."),
    keys: { ...keysOf("summary", "exit", "next"), nodes: described(list(nodeVerdict), NODES) },
  },
} as const;

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
    time: {
      type: "string",
      pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$",
      description: "ISO 8601, UTC, with milliseconds.",
    },
    stage: described(text, "The command that it is from.").schema,
    node: described(nullable(text), "The node that it concerns; null if none, or many.").schema,
    what: described(oneOf(...Object.keys(EVENT_KINDS)), "The kind of the event.").schema,
  },
  oneOf: Object.entries(EVENT_KINDS).map(([what, { meaning, keys }]) => {
    const { schema } = described(object({ what: oneOf(what), ...keys }), meaning);
    return schema;
  }),
};

/** Makes kinds of events of a stage, by their meaning and the names of their keys. */
function kindsOf(stage: string | null): KindMaker {
  return (meaning, ...names) => ({ stage, meaning, keys: keysOf(...names) });
}

function keysOf<K extends KeyName>(...names: K[]): KeysOf<K> {
  return Object.fromEntries(names.map((name) => [name, KEYS[name]])) as KeysOf<K>;
}

/** A part of the document. Events are written, and never read. */
function inDocument<T>(...keys: readonly string[]): Shape<T> {
  const schema = keys.reduce(
    (schema, key) => schema[key] as JsonSchema,
    DOCUMENT_SCHEMA["properties"] as JsonSchema,
  );
  return {
    schema: { ...schema, description: "As in the document." },
    decode: (value) => value as T,
  };
}
