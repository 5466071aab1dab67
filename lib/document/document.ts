/**
 * The document: the one JSON object that the commands hand to each other.
 *
 * Its types are in document_types.ts. The checks and the JSON Schema follow
 * from the shapes here, which the compiler holds to these types. Keys are only
 * ever added, so a command keeps those that it does not know.
 *
 * @module
 */

import { ARCHITECTURES } from "../text/release.ts";
import {
  boolean,
  dictionary,
  integer,
  type JsonSchema,
  list,
  nullable,
  number,
  objectOf,
  oneOf,
  parseJson,
  path,
  type Shape,
  ShapeError,
  text,
} from "../text/shape.ts";
import { BMC_REASONS } from "./bmc_reasons.ts";
import { causeShape } from "./cause.ts";
import type {
  Artifact,
  Bmc,
  BmcLease,
  BootNode,
  Document,
  Image,
  KernelArtifact,
  Problem,
  RootfsArtifact,
} from "./document_types.ts";
import { generationShape } from "./generation.ts";

export type { BmcReason } from "./bmc_reasons.ts";
export type * from "./document_types.ts";

/** The version of the document that this code writes and reads. */
export const DOCUMENT_VERSION = 1;

const artifact = { path, bytes: integer, modified: text };

const image = objectOf<Image>({
  release: text,
  stream: nullable(oneOf("stable", "unstable")),
  arch: nullable(oneOf(...ARCHITECTURES)),
  directory: text,
  kernel: objectOf<KernelArtifact>({ ...artifact, version: text }),
  initrd: objectOf<Artifact>(artifact),
  rootfs: objectOf<RootfsArtifact>({ ...artifact, secure: boolean }),
});

const bmc = objectOf<Bmc>({
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
  reason: nullable(oneOf(...BMC_REASONS)),
  cipherSuite: nullable(integer),
  completionCode: nullable(integer),
});

const lease = objectOf<BmcLease>({ bmc: text, mac: text, ip: text, expires: nullable(integer) });

const node = objectOf<BootNode>({
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
  cause: nullable(causeShape),
});

const problemShape = objectOf<Problem>({
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

/** A document that is handed on may lack these keys. */
type Handed = Pick<Document, "pitboot"> & Partial<Document>;

const document = objectOf<Handed>({ pitboot: version }, {
  status: withDefault(oneOf("ok", "partial", "failed"), "ok"),
  problems: withDefault(list(problemShape), []),
  images: dictionary(image),
  bmcs: list(bmc),
  leases: list(lease),
  missing: list(text),
  nodes: list(node),
  generations: list(generationShape),
});

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
 * Reads a document. `{"pitboot":1}` is one: its status is ok, and nothing is known.
 *
 * @param json The text of one JSON object.
 * @returns The document, with all keys that it has, and `status` and `problems`.
 * @throws {SyntaxError} If it is not JSON, or more than one document.
 * @throws {ShapeError} If it is something else, or of another version.
 *
 * @example
 * ```ts
 * import { parseDocument } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `{"pitboot":1,"status":"ok","problems":[],"site":"x"}`;
 * assertEquals(JSON.stringify(parseDocument(text)), text);
 * ```
 */
export function parseDocument(json: string): Document {
  const handed = parseJson(json, document);
  const { status = "ok", problems = [] } = handed;
  return { ...handed, status, problems };
}

function withDefault<T>(shape: Shape<T>, value: T): Shape<T> {
  return { ...shape, schema: { ...shape.schema, default: value } };
}
