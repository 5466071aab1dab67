import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import type { NodePlan } from "../../../lib/links/plan_links.ts";
import { recordsShape, updateRecords } from "../../../lib/links/script_records.ts";
import { parseJson, ShapeError } from "../../../lib/text/shape.ts";
import { plannedNode } from "../../testdata/planned_node.ts";

type Records = Record<string, readonly string[]>;
type Change = NodePlan["script"];

Deno.test("updateRecords() adds what is about to be written", async (t) => {
  const others: Records = { "ncn-w002": ["x", "y"] };
  const cases: [name: string, before: Records, script: Change, after: Records | null][] = [
    ["the first", {}, "written", { "ncn-w001": ["new"] }],
    ["the same again", { "ncn-w001": ["new"] }, "written", null],
    ["another", { "ncn-w001": ["old"] }, "written", { "ncn-w001": ["old", "new"] }],
    ["an older one again", { "ncn-w001": ["new", "old"] }, "written", {
      "ncn-w001": ["old", "new"],
    }],
    ["the newest of two again", { "ncn-w001": ["old", "new"] }, "written", null],
    ["there already, and ours from now on", {}, "unchanged", { "ncn-w001": ["new"] }],
    ["there already, and known", { "ncn-w001": ["new"] }, "unchanged", null],
    ["kept", { "ncn-w001": ["old"] }, "kept", null],
    ["nothing known", { "ncn-w001": [] }, "written", { "ncn-w001": ["new"] }],
  ];
  for (const [name, before, script, after] of cases) {
    await t.step(name, () => {
      const records = new Map(Object.entries({ ...before, ...others }));
      const updated = updateRecords(records, [plannedNode("ncn-w001", { script })]);
      assertEquals(updated && Object.fromEntries(updated), after && { ...after, ...others });
      assertEquals(Object.fromEntries(records), { ...before, ...others });
    });
  }
});

Deno.test("updateRecords() knows what stands there and what will, and is then at rest", () => {
  const digests = fc.constantFrom("a", "b", "c");
  const names = fc.constantFrom("ncn-w001", "ncn-w002", "ncn-w003");
  const records = fc.dictionary(names, fc.array(digests, { minLength: 1, maxLength: 2 }));
  const plans = fc.uniqueArray(
    fc.tuple(names, fc.constantFrom<Change>("written", "unchanged", "kept"), digests),
    { selector: ([name]) => name },
  );
  fc.assert(fc.property(records, plans, (records, plans) => {
    const before = new Map(Object.entries(records));
    const nodes = plans.map(([name, script, digest]) =>
      plannedNode(name, { script }, { sha256: digest })
    );
    const after = updateRecords(before, nodes) ?? before;
    assertEquals(updateRecords(after, nodes), null);
    for (const [name, script, digest] of plans) {
      if (script === "kept") continue;
      assertEquals(after.get(name)?.at(-1), digest);
      const last = before.get(name)?.at(-1);
      if (last) assert(after.get(name)?.includes(last), name);
    }
    const touched = new Set<string>(
      plans.filter(([, script]) => script !== "kept").map(([name]) => name),
    );
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      if (!touched.has(name)) assertEquals(after.get(name), before.get(name));
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
