/**
 * The document: the one JSON object that the commands hand to each other.
 *
 * Its shape is written once, here; types, checks and the JSON Schema follow
 * from it. Keys are only ever added, so a command keeps those that it does
 * not know.
 *
 * @module
 */

import { generationShape } from "./generation.ts";
import { ARCHITECTURES } from "../text/release.ts";
import {
  boolean,
  dictionary,
  type Infer,
  integer,
  type JsonSchema,
  list,
  nullable,
  number,
  object,
  oneOf,
  parseJson,
  path,
  type Shape,
  ShapeError,
  text,
} from "../text/shape.ts";

/** The version of the document that this code writes and reads. */
export const DOCUMENT_VERSION = 1;

/** A file of a boot image: size in bytes, time in ISO 8601, UTC. */
const artifact = { path, bytes: integer, modified: text };

const image = object({
  release: text,
  stream: nullable(oneOf("stable", "unstable")),
  arch: nullable(oneOf(...ARCHITECTURES)),
  directory: text,
  kernel: object({ ...artifact, version: text }),
  initrd: object(artifact),
  rootfs: object({ ...artifact, secure: boolean }),
});

const bmc = object({
  name: text,
  node: text,
  address: text,
  mac: nullable(text),
  state: oneOf(
    "changed",
    "already",
    "reset",
    "unreachable",
    "denied",
    "failed",
    "unknown",
    "skipped",
  ),
  channel: nullable(integer),
  seconds: number,
  message: nullable(text),
}, {
  cipherSuite: nullable(integer),
  completionCode: nullable(integer),
});

const lease = object({ bmc: text, mac: text, ip: text, expires: nullable(integer) });

const node = object({
  name: text,
  role: nullable(text),
  directory: text,
  change: oneOf(
    "created",
    "updated",
    "unchanged",
    "kept",
    "failed",
    "absent",
    "offline",
    "removed",
  ),
  kernel: nullable(text),
  initrd: nullable(text),
  rootfs: nullable(text),
  script: oneOf("written", "unchanged", "kept", "ours", "edited", "missing"),
}, {
  links: oneOf("whole", "broken", "foreign", "missing", "offline"),
  release: nullable(text),
  kernelVersion: nullable(text),
  lease: nullable(text),
});

const problem = object({
  stage: text,
  severity: oneOf("error", "warning"),
  code: text,
  nodes: list(text),
  message: text,
  hint: nullable(text),
});

const version: Shape<typeof DOCUMENT_VERSION> = {
  ...oneOf(DOCUMENT_VERSION),
  decode: (value, path = "") => {
    if (value === DOCUMENT_VERSION) return DOCUMENT_VERSION;
    const isNewer = typeof value === "number" && value > DOCUMENT_VERSION;
    const words = isNewer ? ", the version this pitboot knows" : "";
    throw new ShapeError(path, DOCUMENT_VERSION + words, value);
  },
};

const document = object({
  pitboot: version,
  status: oneOf("ok", "partial", "failed"),
  problems: list(problem),
}, {
  images: dictionary(image),
  bmcs: list(bmc),
  leases: list(lease),
  missing: list(text),
  nodes: list(node),
  generations: list(generationShape),
});

/** The images of one role: a kernel, an initrd and a root filesystem. */
export type Image = Infer<typeof image>;
/**
 * A BMC and what became of it. `cipherSuite`: which it accepted; `completionCode`: the
 * last one that it answered, 0 if all went well.
 */
export type Bmc = Infer<typeof bmc>;
/** What became of a BMC; `unknown`: the session was lost after the write. */
export type BmcState = Bmc["state"];
/** A BMC that has a lease; `expires` in seconds since the epoch, or `null`. */
export type BmcLease = Infer<typeof lease>;
/**
 * A node and what it boots; links as `readlink` prints them. What was done to its
 * directory and script: `created`, `updated`, `unchanged`, `kept`, `failed`; and
 * `written`, `unchanged`, `kept`. What `status` sees: `unchanged` or `absent`; and
 * a script that is `ours` (as we wrote it, or would), `edited` or `missing`.
 */
export type BootNode = Infer<typeof node>;
/** Something that an administrator should know. */
export type Problem = Infer<typeof problem>;
/** The document. */
export type Document = Infer<typeof document>;

/** The JSON Schema of the document, draft 2020-12. */
export const DOCUMENT_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "pitboot document",
  ...document.schema,
};

/** A document without any results yet. */
export const EMPTY_DOCUMENT: Document = {
  pitboot: DOCUMENT_VERSION,
  status: "ok",
  problems: [],
};

/**
 * Reads a document.
 *
 * @param json The text of one JSON object.
 * @returns The document, with all keys that it has.
 * @throws {SyntaxError} If it is not JSON, or more than one document.
 * @throws {ShapeError} If it is something else, or of another version.
 *
 * @example
 * ```ts
 * import { parseDocument } from "./document.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `{"pitboot":1,"status":"ok","problems":[],"site":"x"}`;
 * assertEquals(JSON.stringify(parseDocument(text)), text);
 * ```
 */
export function parseDocument(json: string): Document {
  return parseJson(json, document);
}
