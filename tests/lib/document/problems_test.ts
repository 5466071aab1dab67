import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { EXIT } from "../../../lib/document/exit_codes.ts";
import { Failure, problem, PROBLEM_KINDS } from "../../../lib/document/problems.ts";
import { TYPED } from "../../typed.ts";

Deno.test("problem() makes an entry of the document", async (t) => {
  await t.step("with everything", () => {
    const details = { message: "a", hint: "b", nodes: ["ncn-w001"] };
    assertEquals(problem("bmc-dhcp", "bmc-denied", details, TYPED), {
      stage: "bmc-dhcp",
      severity: "warning",
      code: "bmc-denied",
      nodes: ["ncn-w001"],
      message: "a",
      hint: "b",
    });
  });
  await t.step("with a message only", () => {
    assertEquals(problem("run", "locked", { message: "a" }, TYPED), {
      stage: "run",
      severity: "error",
      code: "locked",
      nodes: [],
      message: "a",
      hint: null,
    });
  });
});

Deno.test("problem() keeps its own list of nodes", () => {
  const nodes = ["ncn-w001"];
  const made = problem("run", "node-failed", { message: "a", nodes }, TYPED);
  nodes.push("ncn-w002");
  assertEquals(made.nodes, ["ncn-w001"]);
});

Deno.test("PROBLEM_KINDS lets no error exit as done", () => {
  const errors = Object.entries(PROBLEM_KINDS)
    .filter(([, { severity }]) => severity === "error");
  assert(errors.length > 0);
  for (const [code, { exit }] of errors) assert(exit !== EXIT.done, code);
});

Deno.test("Failure carries what the administrator needs", () => {
  const cause = new Error("EACCES");
  const details = { message: "cannot read a", hint: "run it as root" };
  const failure = new Failure("file-unreadable", details, cause);
  assertInstanceOf(failure, Error);
  assertEquals(failure.name, "Failure");
  assertEquals(failure.message, "cannot read a");
  assertEquals(failure.code, "file-unreadable");
  assertEquals(failure.details, details);
  assertEquals(failure.cause, cause);
});
