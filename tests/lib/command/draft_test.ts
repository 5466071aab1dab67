import { assertEquals } from "@std/assert";
import { Draft } from "../../../lib/command/draft.ts";
import type { Problem } from "../../../lib/document/document.ts";
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
