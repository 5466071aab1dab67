import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import type { NodePlan } from "../../../lib/boot/plan_steps.ts";
import { recordsShape, updateRecords } from "../../../lib/history/script_records.ts";
import { parseJson, ShapeError } from "../../../lib/text/shape.ts";
import { foundScript, plannedNode, wantedScript } from "../../testdata/planned_node.ts";

type Records = Record<string, readonly string[]>;
type Change = NodePlan["script"];

Deno.test("updateRecords() remembers what was found and what is about to be written", async (t) => {
  const others: Records = { "ncn-w002": ["x", "y"] };
  type Case = [
    name: string,
    before: Records,
    script: Change,
    found: string | null,
    after: Records | null,
  ];
  const cases: Case[] = [
    ["the first", {}, "written", null, { "ncn-w001": ["new"] }],
    ["the first, over one that nobody knows", {}, "written", "old", { "ncn-w001": ["old", "new"] }],
    ["the same again", { "ncn-w001": ["new"] }, "written", "new", null],
    ["another", { "ncn-w001": ["old"] }, "written", "old", { "ncn-w001": ["old", "new"] }],
    ["another, after a run that was cut off", { "ncn-w001": ["old", "half"] }, "written", "old", {
      "ncn-w001": ["old", "new"],
    }],
    ["an edit that is replaced", { "ncn-w001": ["old"] }, "written", "edit", {
      "ncn-w001": ["edit", "new"],
    }],
    ["there already, and ours from now on", {}, "unchanged", "new", { "ncn-w001": ["new"] }],
    ["there already, and known", { "ncn-w001": ["old", "new"] }, "unchanged", "new", null],
    ["kept", { "ncn-w001": ["old"] }, "kept", "edit", null],
    ["none any more", { "ncn-w001": ["old"] }, "missing", "old", null],
    ["nothing known", { "ncn-w001": [] }, "written", null, { "ncn-w001": ["new"] }],
  ];
  for (const [name, before, script, found, after] of cases) {
    await t.step(name, () => {
      const records = new Map(Object.entries({ ...before, ...others }));
      const node = plannedNode("ncn-w001", { script }, { found });
      const updated = updateRecords(records, [node]);
      assertEquals(updated && Object.fromEntries(updated), after && { ...after, ...others });
      assertEquals(Object.fromEntries(records), { ...before, ...others });
    });
  }
});

Deno.test("updateRecords() does not call the script of an administrator ours", async (t) => {
  const cases: [name: string, before: string[], found: string | null, after: string[] | null][] = [
    ["in the place of ours", ["old", "new"], "new", ["new"]],
    ["in the place of nothing", ["new"], null, null],
  ];
  for (const [name, before, found, after] of cases) {
    await t.step(name, () => {
      const node = plannedNode("ncn-w001", { script: "written" }, {
        found,
        isEdited: true,
        sha256: "edit",
      });
      const updated = updateRecords(new Map([["ncn-w001", before]]), [node]);
      assertEquals(updated && updated.get("ncn-w001"), after);
    });
  }
});

Deno.test("updateRecords() calls a script that was offline ours only if it was before", async (t) => {
  const script = foundScript(wantedScript("parked").text);
  const parked = { links: plannedNode("ncn-w001", {}).observed.links, script };
  type Case = [
    name: string,
    before: string[] | null,
    options: { script: Change; sha256: string; found?: string },
    after: string[] | null,
  ];
  const back = { script: "written", sha256: "parked" } as const;
  const cases: Case[] = [
    ["without a record", null, back, null],
    ["with one", ["older", "parked"], back, ["parked"]],
    ["another in its place", null, { script: "written", sha256: "new" }, ["new"]],
    ["one that is there again", null, { script: "unchanged", sha256: "new", found: "new" }, null],
  ];
  for (const [name, before, { script, ...options }, after] of cases) {
    await t.step(name, () => {
      const node = plannedNode("ncn-w001", { script }, { parked, ...options });
      const records = new Map(before ? [["ncn-w001", before]] : []);
      assertEquals(updateRecords(records, [node])?.get("ncn-w001") ?? null, after);
    });
  }
});

Deno.test("updateRecords() knows what stands there and what will, however often it is cut off", () => {
  const digests = fc.constantFrom("a", "b", "c", "d");
  const runs = fc.array(fc.record({ wanted: digests, isCutOff: fc.boolean() }), { maxLength: 6 });
  fc.assert(fc.property(digests, runs, (first, runs) => {
    let records: ReadonlyMap<string, readonly string[]> = new Map();
    let onDisk = first;
    for (const { wanted, isCutOff } of runs) {
      const script = onDisk === wanted ? "unchanged" : "written";
      const node = plannedNode("ncn-w001", { script }, { found: onDisk, sha256: wanted });
      records = updateRecords(records, [node]) ?? records;
      // Whether it is cut off or not, no script of ours is taken for an edit.
      for (const each of [onDisk, wanted]) assert(records.get("ncn-w001")?.includes(each), each);
      assertEquals(updateRecords(records, [node]), null);
      if (!isCutOff) onDisk = wanted;
    }
  }));
});

Deno.test("recordsShape reads the file of the records, and nothing else", () => {
  const text = `{"scripts":{"ncn-w001":["a","b"],"ncn-w002":[]}}`;
  assertEquals(parseJson(text, recordsShape).scripts, { "ncn-w001": ["a", "b"], "ncn-w002": [] });
  const wrong: [text: string, path: string][] = [
    ["{}", "scripts"],
    ["[]", ""],
    [`{"scripts":{"ncn-w001":"a"}}`, "scripts.ncn-w001"],
    [`{"scripts":{"ncn-w001":[1]}}`, "scripts.ncn-w001[0]"],
  ];
  for (const [text, path] of wrong) {
    assertEquals(assertThrows(() => parseJson(text, recordsShape), ShapeError).path, path);
  }
});
