import { assertEquals } from "@std/assert";
import { Draft } from "../../../lib/command/draft.ts";
import type { NodePower, Problem } from "../../../lib/document/document.ts";
import { EMPTY_DOCUMENT } from "../../../lib/document/empty_document.ts";
import { Failure, problem, type Report } from "../../../lib/document/problems.ts";
import { TYPED } from "../../typed.ts";

const GONE: Report = ["file-missing", { message: "/a: does not exist", hint: "mend it" }];
const UNSET: Report = ["release-unset", { message: "CSM_RELEASE is not set" }];

/** A draft, and the problems that it told of. */
function newDraft(): { draft: Draft; told: Problem[] } {
  const told: Problem[] = [];
  const draft = new Draft((problem) => told.push(problem), TYPED);
  draft.begin("set-links");
  return { draft, told };
}

Deno.test("Draft adds keys, and keeps those that nobody knows", () => {
  const { draft } = newDraft();
  const handed = { ...EMPTY_DOCUMENT, site: "x", missing: ["ncn-w001-mgmt"] };
  draft.begin("wait-leases", handed);
  draft.add({ missing: [] });
  assertEquals<unknown>(draft.document, { ...handed, missing: [] });
});

Deno.test("Draft puts entries among those of a document", async (t) => {
  const [a, b, c] = ["a", "b", "c"].map((node) => ({ node }) as NodePower) as [
    NodePower,
    NodePower,
    NodePower,
  ];
  const [dead, newer] = [{ ...b, message: "dead" }, { ...b, rack: "x3000" }];
  const cases: [name: string, older: NodePower[] | undefined, NodePower[], NodePower[]][] = [
    ["nothing", undefined, [], []],
    ["the first", undefined, [a], [a]],
    ["sorted by node", undefined, [b, c, a], [a, b, c]],
    ["among others", [c, a], [b], [a, b, c]],
    ["in place of an older one", [a, dead, c], [b], [a, b, c]],
    ["nothing new", [c, a], [], [a, c]],
    ["keys that are not known", [newer], [a], [a, newer]],
  ];
  for (const [name, older, added, all] of cases) {
    await t.step(name, () => {
      const { draft } = newDraft();
      const before = structuredClone(older);
      if (older) draft.add({ power: older });
      draft.merge("power", added);
      assertEquals(draft.document.power, all);
      assertEquals(older, before);
    });
  }
});

Deno.test("Draft takes its status from its problems, and tells of each", () => {
  const { draft, told } = newDraft();
  assertEquals(draft.document.status, "ok");
  draft.reportAll([UNSET]);
  assertEquals(draft.document.status, "ok");
  draft.reportAll([GONE]);
  assertEquals(draft.document.status, "failed");
  assertEquals(told, [problem("set-links", ...UNSET, TYPED), problem("set-links", ...GONE, TYPED)]);
  assertEquals(draft.document.problems, told);
});

Deno.test("Draft drops what its own stage reported in an earlier run", () => {
  const { draft } = newDraft();
  const problems = [problem("set-links", ...GONE, TYPED), problem("bmc-dhcp", ...UNSET, TYPED)];
  draft.begin("set-links", { ...EMPTY_DOCUMENT, status: "failed", problems });
  assertEquals(draft.document, { ...EMPTY_DOCUMENT, problems: problems.slice(1) });
});

Deno.test("Draft is one document for stages beside each other", () => {
  const { draft, told } = newDraft();
  const other = draft.beside("bmc-dhcp");
  other.report(...UNSET);
  draft.report(...GONE);
  other.add({ missing: [] });
  assertEquals(told.map(({ stage }) => stage), ["bmc-dhcp", "set-links"]);
  assertEquals(draft.document, other.document);
  assertEquals(draft.document.problems, told);
});

Deno.test("Draft makes a problem of any error, and shows where it comes from", () => {
  const { draft, told } = newDraft();
  const traced: unknown[] = [];
  const errors = [new Failure(...GONE), new TypeError("odd"), "a text"];
  for (const error of errors) draft.fail(error, { trace: (error) => traced.push(error) });
  assertEquals(traced, errors);
  assertEquals(told.map(({ code }) => code), ["file-missing", "failed", "failed"]);
});
