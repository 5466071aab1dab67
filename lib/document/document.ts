/**
 * The document: the one JSON object that the commands hand to each other.
 *
 * Its types are in document_types.ts. The checks, the JSON Schema and the manual page
 * follow from the shapes here, which the compiler holds to these types. Keys are only
 * ever added, so a command keeps those that it does not know.
 *
 * @module
 */

import {
  boolean,
  described,
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
import { bootShape } from "./boot.ts";
import { causeShape } from "./cause.ts";
import type {
  Artifact,
  Bmc,
  BmcLease,
  BootNode,
  CheckResult,
  Document,
  Image,
  KernelArtifact,
  Problem,
  RootfsArtifact,
} from "./document_types.ts";
import { DOCUMENT_VERSION } from "./empty_document.ts";
import { generationShape, linkShape } from "./generation.ts";
import { archShape, knownReleaseShape, streamShape } from "./known_release.ts";
import { nodePowerShape } from "./power_shape.ts";

export type { BmcReason } from "./bmc_reasons.ts";
export type { Boot, BootCourse, BootFault, BootSource, BootStage } from "./boot.ts";
export type * from "./document_types.ts";

const artifact = { path, bytes: integer, modified: text };
const onWord = {
  accepted: described(text, "Why it looks unfit, if it was taken on the administrator's word."),
};

const kernel = objectOf<KernelArtifact>({ ...artifact, version: text }, onWord);
const initrd = objectOf<Artifact>(artifact, onWord);
const rootfs = objectOf<RootfsArtifact>({ ...artifact, secure: boolean }, onWord);

const image = objectOf<Image>({
  release: described(text, "For instance 1.6.2."),
  stream: streamShape,
  arch: archShape,
  directory: described(text, "The directory of the three files."),
  kernel: described(kernel, "Its path, bytes and modified (ISO 8601, UTC), and the version in it."),
  initrd: described(initrd, "Its path, bytes and modified."),
  rootfs: described(
    rootfs,
    "Its path, bytes and modified, and secure: whether the image customiser secured it.",
  ),
});

const bmc = objectOf<Bmc>({
  name: described(text, "For instance ncn-w001-mgmt."),
  node: described(text, "The node that it manages."),
  address: described(text, "Its address in conman.conf."),
  mac: described(nullable(text), "Lower case; null if statics.conf does not name it."),
  state: described(
    oneOf("changed", "already", "reset", "unreachable", "denied", "failed", "unknown", "skipped"),
    "unknown: the session was lost after the write. skipped: it was not asked, reason says why.",
  ),
  channel: described(nullable(integer), "Its LAN channel; null if it is not known."),
  seconds: described(number, "How long it took."),
  message: described(nullable(text), "What went wrong, for people."),
}, {
  reason: described(
    nullable(oneOf(...BMC_REASONS)),
    "Why it is in that state, in a stable word; null where all is well.",
  ),
  cipherSuite: described(nullable(integer), "The cipher suite that it accepted."),
  completionCode: described(nullable(integer), "The last that it answered; 0 if all went well."),
  by: described(nullable(oneOf("ipmi", "redfish")), "What it answered by; null if it did not."),
  ipmi: described(
    nullable(oneOf("on", "enabled", "off")),
    "What Redfish tells of its IPMI; enabled: it was turned on. null if it was not asked.",
  ),
  goal: described(
    oneOf("ipmi"),
    "IPMI was to be turned on, and nothing else; left out where it was to be switched to DHCP.",
  ),
});

const lease = objectOf<BmcLease>({
  bmc: described(text, "For instance ncn-w001-mgmt."),
  mac: described(text, "Lower case."),
  ip: described(text, "The address that it was given."),
  expires: described(nullable(integer), "Seconds since the epoch; null if it never expires."),
});

const node = objectOf<BootNode>({
  name: described(text, "For instance ncn-w001."),
  role: described(
    nullable(text),
    "Its images are those of this role; null if no role has such nodes.",
  ),
  directory: described(text, "Its boot directory."),
  change: described(
    oneOf("created", "updated", "unchanged", "kept", "failed", "absent", "offline", "removed"),
    "What was done to its directory; in status unchanged or absent.",
  ),
  kernel: linkShape,
  initrd: linkShape,
  rootfs: linkShape,
  script: described(
    oneOf("written", "unchanged", "kept", "ours", "edited", "missing"),
    "What was done to its script; in status ours, edited or missing.",
  ),
}, {
  links: described(
    oneOf("whole", "broken", "foreign", "missing", "offline"),
    "What status sees of its links.",
  ),
  release: described(nullable(text), "The release that its links point to."),
  kernelVersion: described(nullable(text), "The version of the kernel that its link points to."),
  liveDir: described(
    nullable(text),
    "Where it keeps its image (rd.live.dir); null for the default place.",
  ),
  disks: described(
    oneOf("wiped", "kept", "unknown"),
    "What its script.ipxe says of its disks; left out where it has none.",
  ),
  lease: described(nullable(text), "The address that its BMC was given."),
  cause: described(
    nullable(causeShape),
    "Why it is not ready; null or missing if it is, or if that is not known.",
  ),
});

const problemShape = objectOf<Problem>({
  stage: described(text, "The command that met it."),
  severity: described(oneOf("error", "warning"), "An error ends the chain, a warning does not."),
  code: described(text, "A stable word, see PROBLEM CODES."),
  nodes: described(list(text), "The nodes that it concerns; none if all."),
  message: described(text, "What failed, where, and what was found."),
  hint: described(nullable(text), "What to do next."),
});

const check = objectOf<CheckResult>({
  check: described(text, "The name of the check, for instance web."),
  state: described(
    oneOf("ok", "warning", "failed", "skipped"),
    "skipped: it was not looked at, message says why.",
  ),
  nodes: described(list(text), "The nodes that it concerns; none if all."),
  asked: described(text, "What was looked at, or asked for."),
  found: described(text, "What was seen, or came."),
  message: described(nullable(text), "What is wrong with it; null if nothing is."),
  hint: described(nullable(text), "What to do next."),
});

const version: Shape<typeof DOCUMENT_VERSION> = {
  ...described(oneOf(DOCUMENT_VERSION), "The version of the document."),
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
  status: described(
    withDefault(oneOf("ok", "partial", "failed"), "ok"),
    "ok: all is done. partial: some nodes are not ready. failed: the chain has ended.",
  ),
  problems: described(withDefault(list(problemShape), []), "What went wrong so far."),
  images: described(
    dictionary(image),
    "The chosen images, by role, for instance kubernetes and storage.",
  ),
  bmcs: described(list(bmc), "The result for each BMC, sorted by name."),
  leases: described(list(lease), "The BMCs that have a lease, sorted by name."),
  missing: described(list(text), "The names of the BMCs that have no lease."),
  nodes: described(list(node), "The selected nodes, sorted by name."),
  checks: described(list(check), "What check found, by check, the worst first."),
  boots: described(list(bootShape), "How far each chosen node got in its last boot."),
  power: described(list(nodePowerShape), "The power of nodes, sorted by node."),
  releases: described(list(knownReleaseShape), "The releases of each role, the newest first."),
  generations: described(list(generationShape), "The recorded changes, the oldest first."),
});

/** The JSON Schema of the document, draft 2020-12. */
export const DOCUMENT_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "pitboot document",
  ...document.schema,
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
