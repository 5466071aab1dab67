import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import {
  eitherRecord,
  type InstallRecord,
  installRecordShape,
  NOTHING_INSTALLED,
} from "../../../lib/install/install_record.ts";
import { parseJson, ShapeError } from "../../../lib/text/shape.ts";

const paths = fc.constantFrom("/a/x", "/a/y", "/b/x");
const fingerprints = fc.constantFrom("-> 1", "-> 2", "sha256:3");
const records: fc.Arbitrary<InstallRecord> = fc.record({
  items: fc.dictionary(paths, fc.uniqueArray(fingerprints), { noNullPrototype: true }),
  folders: fc.uniqueArray(fc.constantFrom("/a", "/b", "/c")),
  originals: fc.dictionary(paths, fingerprints, { noNullPrototype: true }),
}, { noNullPrototype: true });

Deno.test("eitherRecord() joins what was ours and what will be", async (t) => {
  const link: InstallRecord = {
    items: { "/a/x": ["-> 1"] },
    folders: ["/a"],
    originals: { "/a/x": "sha256:3" },
  };
  const cases: [name: string, before: InstallRecord, after: InstallRecord, InstallRecord][] = [
    ["the first time", NOTHING_INSTALLED, link, link],
    ["the last time", link, NOTHING_INSTALLED, link],
    ["the same again", link, link, link],
    ["another program", link, { ...link, items: { "/a/x": ["-> 2"] } }, {
      ...link,
      items: { "/a/x": ["-> 1", "-> 2"] },
    }],
    ["another place", link, { items: { "/b/x": ["-> 1"] }, folders: ["/b"], originals: {} }, {
      items: { "/a/x": ["-> 1"], "/b/x": ["-> 1"] },
      folders: ["/a", "/b"],
      originals: { "/a/x": "sha256:3" },
    }],
    ["another old script in that place", link, { ...link, originals: { "/a/x": "sha256:4" } }, {
      ...link,
      originals: { "/a/x": "sha256:4" },
    }],
  ];
  for (const [name, before, after, either] of cases) {
    await t.step(name, () => assertEquals(eitherRecord(before, after), either));
  }
});

Deno.test("eitherRecord() forgets nothing, adds nothing, and says nothing twice", () => {
  fc.assert(fc.property(records, records, (before, after) => {
    const either = eitherRecord(before, after);
    const all = ({ items }: InstallRecord): string[] =>
      Object.entries(items).flatMap(([path, all]) => [path, ...all.map((one) => `${path} ${one}`)]);
    const both = (of: (record: InstallRecord) => readonly string[]): string[] =>
      [...new Set([...of(before), ...of(after)])].sort();
    assertEquals([...new Set(all(either))].sort(), both(all));
    assertEquals(either.folders.toSorted(), both(({ folders }) => folders));
    for (const list of Object.values(either.items)) assertEquals(list.length, new Set(list).size);
    // The newest last.
    for (const [path, [newest]] of Object.entries(after.items)) {
      if (newest && !before.items[path]?.includes(newest)) {
        assert(either.items[path]?.slice(before.items[path]?.length).includes(newest));
      }
    }
    assertEquals(eitherRecord(either, after), either);
    assertEquals(parseJson(JSON.stringify(either), installRecordShape), either);
  }));
});

Deno.test("installRecordShape refuses what is no record", async (t) => {
  const cases: [text: string, path: string][] = [
    ["[]", ""],
    ["{}", "items"],
    [`{"items":{"/a":"-> 1"},"folders":[],"originals":{}}`, "items./a"],
    [`{"items":{"/a":[1]},"folders":[],"originals":{}}`, "items./a[0]"],
    [`{"items":{},"folders":{},"originals":{}}`, "folders"],
    [`{"items":{},"folders":[],"originals":{"/a":["-> 1"]}}`, "originals./a"],
    [`{"items":{},"folders":[]}`, "originals"],
  ];
  for (const [text, path] of cases) {
    await t.step(text, () => {
      const error = assertThrows(() => parseJson(text, installRecordShape), ShapeError);
      assertEquals(error.path, path);
    });
  }
});
