import { assert, assertEquals, assertThrows } from "@std/assert";
import { Ajv2020 } from "../../npm/ajv.ts";
import fc from "../../npm/fast_check.ts";
import { type Document, DOCUMENT_SCHEMA, parseDocument } from "../../../lib/document/document.ts";
import { DOCUMENT_VERSION, EMPTY_DOCUMENT } from "../../../lib/document/empty_document.ts";
import { ShapeError } from "../../../lib/text/shape.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";

const DIRECTORY = "/var/www/ephemeral/data/k8s/1.6.2";

/** A document in which every key is used. */
const FULL: Document = {
  pitboot: DOCUMENT_VERSION,
  status: "partial",
  problems: [{
    stage: "bmc-dhcp",
    severity: "warning",
    code: "bmc-unreachable",
    nodes: ["ncn-w001"],
    message: "ncn-w001-mgmt does not answer",
    hint: null,
  }],
  images: {
    kubernetes: {
      release: "1.6.2",
      stream: "stable",
      arch: "x86_64",
      directory: DIRECTORY,
      kernel: {
        path: `${DIRECTORY}/5.3.18-default-1.6.2-x86_64.kernel`,
        bytes: 9_000_000,
        modified: "2026-01-02T03:04:05.000Z",
        version: "5.3.18-default",
      },
      initrd: {
        path: `${DIRECTORY}/initrd.img-1.6.2-x86_64.xz`,
        bytes: 60_000_000,
        modified: "2026-01-02T03:04:05.000Z",
      },
      rootfs: {
        path: `${DIRECTORY}/secure-kubernetes-1.6.2-x86_64.squashfs`,
        bytes: 5_000_000_000,
        modified: "2026-01-02T03:04:05.000Z",
        secure: true,
      },
    },
  },
  bmcs: [{
    name: "ncn-w001-mgmt",
    node: "ncn-w001",
    address: "10.254.1.6",
    mac: "b4:2e:99:0b:0d:04",
    state: "unreachable",
    channel: null,
    seconds: 2.5,
    message: "no answer",
  }],
  leases: [{
    bmc: "ncn-w002-mgmt",
    mac: "b4:2e:99:0e:71:e0",
    ip: "10.254.1.8",
    expires: 1_700_000_000,
  }],
  missing: ["ncn-w001-mgmt"],
  nodes: [{
    name: "ncn-w002",
    role: "worker",
    directory: "/var/www/ncn-w002",
    change: "created",
    kernel: "../ephemeral/data/k8s/1.6.2/a.kernel",
    initrd: "../ephemeral/data/k8s/1.6.2/a.xz",
    rootfs: null,
    script: "written",
    links: "whole",
    release: "1.6.2",
    kernelVersion: "5.3.18-default",
    lease: null,
  }],
};

const validate = new Ajv2020().compile(DOCUMENT_SCHEMA);

Deno.test("DOCUMENT_SCHEMA is a JSON Schema of draft 2020-12", () => {
  assertEquals(
    DOCUMENT_SCHEMA["$schema"],
    "https://json-schema.org/draft/2020-12/schema",
  );
  const ajv = new Ajv2020();
  assertEquals(ajv.validateSchema(DOCUMENT_SCHEMA), true);
  assertEquals(ajv.validateSchema({ ...DOCUMENT_SCHEMA, type: "x" }), false);
});

Deno.test("parseDocument() reads what the schema allows", async (t) => {
  const cases: [name: string, document: Document][] = [
    ["the empty document", EMPTY_DOCUMENT],
    ["a full document", FULL],
  ];
  for (const [name, document] of cases) {
    await t.step(name, () => {
      assertEquals(parseDocument(JSON.stringify(document)), document);
      assertEquals(validate(document), true, JSON.stringify(validate.errors));
    });
  }
});

Deno.test("parseDocument() takes a version alone for a document, and adds what it lacks", () => {
  const cases: [text: string, document: Document][] = [
    [`{"pitboot":1}`, EMPTY_DOCUMENT],
    [`{"pitboot":1,"status":"partial"}`, { ...EMPTY_DOCUMENT, status: "partial" }],
    [`{"pitboot":1,"missing":[]}`, { ...EMPTY_DOCUMENT, missing: [] }],
  ];
  for (const [text, document] of cases) {
    assertEquals(parseDocument(text), document);
    assertEquals(validate(JSON.parse(text)), true, text);
  }
});

Deno.test("parseDocument() takes blanks and line ends around it", () => {
  const text = `\n ${JSON.stringify(EMPTY_DOCUMENT, null, 2)}\r\n\t`;
  assertEquals(parseDocument(text), EMPTY_DOCUMENT);
});

Deno.test("parseDocument() refuses what is no JSON", async (t) => {
  const one = JSON.stringify(EMPTY_DOCUMENT);
  const cases: [name: string, text: string][] = [
    ["nothing", ""],
    ["blanks", " \n"],
    ["garbage", "\0\x01\xff"],
    ["a sentence", "pitboot: no such file"],
    ["half a document", one.slice(0, -1)],
    ["two documents in a row", `${one}\n${one}\n`],
    ["something behind it", `${one} done`],
  ];
  for (const [name, text] of cases) {
    await t.step(name, () => {
      const error = assertThrows(() => parseDocument(text), SyntaxError);
      assertEquals(error.constructor, SyntaxError);
    });
  }
});

Deno.test("parseDocument() refuses what is no document", async (t) => {
  const cases: [text: string, message: string][] = [
    ["null", "the whole: expected an object, found null"],
    ["[]", "the whole: expected an object, found []"],
    ['"x"', 'the whole: expected an object, found "x"'],
    ["1", "the whole: expected an object, found 1"],
    ["{}", "pitboot: expected 1, found nothing"],
    [
      '{"pitboot":2}',
      "pitboot: expected 1, the version this pitboot knows, found 2",
    ],
    ['{"pitboot":0}', "pitboot: expected 1, found 0"],
    ['{"pitboot":"1"}', 'pitboot: expected 1, found "1"'],
    [
      '{"pitboot":1,"status":"good"}',
      'status: expected "ok" or "partial" or "failed", found "good"',
    ],
    [
      '{"pitboot":1,"status":"ok","problems":[],"bmcs":[{"name":1}]}',
      "bmcs[0].name: expected a text, found 1",
    ],
    [
      '{"pitboot":1,"status":"ok","problems":[],"missing":null}',
      "missing: expected a list, found null",
    ],
    [
      '{"pitboot":1,"status":"ok","problems":[],"images":{"ceph":{}}}',
      "images.ceph.release: expected a text, found nothing",
    ],
  ];
  for (const [text, message] of cases) {
    await t.step(text, () => {
      const error = assertThrows(() => parseDocument(text), ShapeError);
      assertEquals(error.message, message);
    });
  }
});

Deno.test("parseDocument() takes a BMC with a reason, and one of an older pitboot", async (t) => {
  const [bmc] = FULL.bmcs ?? [];
  const bmcs = (reason: unknown): string => JSON.stringify({ ...FULL, bmcs: [{ ...bmc, reason }] });
  for (const reason of [undefined, null, "no-answer", "dry-run"]) {
    await t.step(String(reason), () => {
      assertEquals(parseDocument(bmcs(reason)).bmcs?.[0]?.reason as unknown, reason);
    });
  }
  assertThrows(() => parseDocument(bmcs("no answer")), ShapeError, "bmcs[0].reason: expected");
});

Deno.test("parseDocument() takes a cause with an address and a command, and an older one", () => {
  const [node] = FULL.nodes ?? [];
  const older = { code: "leases-missing", message: "asks for no lease", hint: null };
  for (const cause of [older, { ...older, address: "10.1.1.2", command: "pitboot bmc-dhcp" }]) {
    const text = JSON.stringify({ ...FULL, nodes: [{ ...node, cause }] });
    assertEquals(parseDocument(text).nodes?.[0]?.cause, cause);
  }
});

Deno.test("parseDocument() keeps keys that it does not know", () => {
  const extra = { note: { "by hand": [1, null] } };
  const document = {
    site: "x",
    ...FULL,
    nodes: FULL.nodes?.map((node) => ({ ...extra, ...node })),
    bmcs: FULL.bmcs?.map((bmc) => ({ ...bmc, ...extra })),
    problems: FULL.problems.map((problem) => ({ ...problem, ...extra })),
  };
  const text = JSON.stringify(document);
  assertEquals(JSON.stringify(parseDocument(text)), text);
});

Deno.test("parseDocument() keeps any unknown key and value", () => {
  const known = new Set(["pitboot", "status", "problems"]);
  ["images", "bmcs", "leases", "missing", "nodes"].forEach((k) => known.add(k));
  const keys = fc.string().filter((key) => !known.has(key));
  fc.assert(fc.property(fc.dictionary(keys, fc.jsonValue()), (extra) => {
    const text = JSON.stringify({ ...extra, ...EMPTY_DOCUMENT });
    assertEquals(JSON.stringify(parseDocument(text)), text);
  }));
});

type Path = readonly (string | number)[];

/** Every place in a JSON value but the whole. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const below = [...path, key];
    const inner: unknown = Reflect.get(value, key);
    return [below, ...pathsOf(inner, below)];
  });
}

/** A copy of the full document with another value, or none, at a place. */
function changed(path: Path, value: unknown): unknown {
  const copy: unknown = structuredClone(FULL);
  let parent = copy;
  for (const key of path.slice(0, -1)) {
    parent = Reflect.get(Object(parent), key);
  }
  const last = path.at(-1) ?? "";
  if (value !== undefined) Reflect.set(Object(parent), last, value);
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(Object(parent), last);
  return copy;
}

function accepts(json: string): boolean {
  try {
    parseDocument(json);
    return true;
  } catch (error) {
    assert(error instanceof ShapeError, String(error));
    return false;
  }
}

Deno.test("parseDocument() checks every key of a full document", () => {
  for (const path of pathsOf(FULL)) {
    const json = JSON.stringify(changed(path, [{}]));
    assertEquals(accepts(json), false, path.join("."));
  }
});

Deno.test("parseDocument() and the schema agree on every change", () => {
  const values = [undefined, null, true, 0, 1, -1, 2, 1.5, "", "ok", "x"];
  const all = [...values, [], {}, [null], [{}], { a: {} }];
  let refused = 0;
  for (const path of pathsOf(FULL)) {
    for (const value of all) {
      const document = changed(path, value);
      const valid = validate(document);
      const place = `${path.join(".")} = ${JSON.stringify(value)}`;
      assertEquals(accepts(JSON.stringify(document)), valid, place);
      if (!valid) refused++;
    }
  }
  assert(refused > pathsOf(FULL).length, `only ${refused} were refused`);
});

Deno.test("parseDocument() and the schema agree on random changes", () => {
  const paths = fc.constantFrom(...pathsOf(FULL));
  const values = fc.jsonValue().filter((value) => !isHuge(value));
  fc.assert(fc.property(paths, values, (path, value) => {
    const json = JSON.stringify(changed(path, value));
    assertEquals(accepts(json), validate(JSON.parse(json)), json);
  }));
});

/** Huge numbers have a test of their own. */
function isHuge(value: unknown): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

Deno.test("parseDocument() and the schema agree on huge numbers", async (t) => {
  for (const number of ["9007199254740991", "9007199254740993", "1e20"]) {
    await t.step(number, () => {
      const json = JSON.stringify(FULL).replace("1700000000", number);
      assertEquals(accepts(json), validate(JSON.parse(json)));
    });
  }
});

Deno.test("parseDocument() refuses nesting that could not be written again", async (t) => {
  const depth = 50_000;
  const deep = "[".repeat(depth) + "]".repeat(depth);
  const cases: [name: string, json: string][] = [
    ["of a key that it knows", `{"pitboot":1,"status":${deep},"problems":[]}`],
    ["of one that it does not", `{"pitboot":1,"status":"ok","problems":[],"site":${deep}}`],
  ];
  for (const [name, json] of cases) {
    await t.step(name, () => {
      assertThrows(() => parseDocument(json), SyntaxError, "nested deeper");
    });
  }
});

Deno.test("parseDocument() throws nothing but its own errors", () => {
  const full = JSON.stringify(FULL);
  const tokens = ["{", "}", "[", "]", ":", ",", '"', "1", '"pitboot"', "null"];
  const texts = fc.oneof(
    fc.string({ unit: "grapheme" }),
    anyText(),
    fc.json(),
    wordsOf(tokens),
    edited(full, tokens),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        assertEquals(parseDocument(text).pitboot, DOCUMENT_VERSION);
      } catch (error) {
        const isOurs = error instanceof SyntaxError ||
          error instanceof ShapeError;
        assert(isOurs, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
