import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import type { Bmc, BmcLease, Problem } from "../../../lib/document/document.ts";
import { type Outcome, outcomeOf } from "../../../lib/document/outcome.ts";
import { problem, PROBLEM_KINDS, type ProblemCode } from "../../../lib/document/problems.ts";
import { TYPED } from "../../typed.ts";

function of(code: ProblemCode, ...nodes: string[]): Problem {
  return problem("test", code, { message: "…", nodes }, TYPED);
}

const BMC: Bmc = {
  name: "a-mgmt",
  node: "a",
  address: "10.254.1.6",
  mac: null,
  state: "changed",
  reason: null,
  channel: null,
  cipherSuite: null,
  completionCode: null,
  seconds: 0,
  message: null,
};

function lease(node: string): BmcLease {
  return {
    bmc: `${node}-mgmt`,
    mac: "b4:2e:99:0b:0d:04",
    ip: "10.254.1.6",
    expires: null,
  };
}

const ALIEN: Problem = {
  stage: "x",
  severity: "warning",
  code: "toString",
  nodes: [],
  message: "…",
  hint: null,
};

Deno.test("outcomeOf() weighs the problems", async (t) => {
  type Case = [
    name: string,
    problems: Problem[],
    ...outcome: [Outcome["status"], Outcome["exit"]],
  ];
  const cases: Case[] = [
    ["none", [], "ok", 0],
    ["a mere warning", [of("images-not-secured")], "ok", 0],
    ["an error", [of("locked")], "failed", 1],
    ["a wrong option", [of("input-missing")], "failed", 2],
    ["images missing", [of("images-missing")], "failed", 5],
    ["an interruption", [of("interrupted")], "failed", 130],
    ["a BMC that is dead", [of("bmc-unreachable", "a")], "partial", 3],
    ["a BMC that denies", [of("bmc-denied", "a")], "partial", 4],
    ["no leases", [of("leases-missing", "a")], "partial", 124],
    ["a node that failed", [of("node-failed", "a")], "partial", 3],
    [
      "denied before partial",
      [of("bmc-unreachable", "a"), of("bmc-denied", "b")],
      "partial",
      4,
    ],
    [
      "timeout before denied",
      [of("bmc-denied", "b"), of("leases-missing", "b"), of("node-failed")],
      "partial",
      124,
    ],
    [
      "an error before everything",
      [of("leases-missing", "a"), of("bmc-denied", "a"), of("images-unfit")],
      "failed",
      5,
    ],
    [
      "the first of two errors",
      [of("images-unfit"), of("locked")],
      "failed",
      5,
    ],
    ["a warning of an unknown code", [ALIEN], "ok", 0],
    [
      "an error of an unknown code",
      [{ ...ALIEN, severity: "error" }],
      "failed",
      1,
    ],
  ];
  for (const [name, problems, status, exit] of cases) {
    await t.step(name, () => {
      assertEquals(outcomeOf({ problems }), { status, exit });
    });
  }
});

Deno.test("outcomeOf() lets the lease have the last word", async (t) => {
  type Case = [name: string, problems: Problem[], exit: Outcome["exit"]];
  const cases: Case[] = [
    ["a dead BMC with a lease", [of("bmc-unreachable", "a")], 0],
    ["a denying BMC with a lease", [of("bmc-denied", "a")], 0],
    ["two BMCs with leases", [of("bmc-unknown", "a", "b")], 0],
    ["a BMC without a lease", [of("bmc-unreachable", "c")], 3],
    ["one with and one without", [of("bmc-failed", "a", "c")], 3],
    ["one problem settled, one not", [
      of("bmc-denied", "a"),
      of("bmc-unreachable", "c"),
    ], 3],
    ["a problem of no BMC in particular", [of("bmc-denied")], 4],
    ["a problem of the node, not its BMC", [of("node-failed", "a")], 3],
  ];
  for (const [name, problems, exit] of cases) {
    await t.step(name, () => {
      const leases = [lease("a"), lease("b")];
      assertEquals(outcomeOf({ problems, leases }), {
        status: exit === 0 ? "ok" : "partial",
        exit,
      });
    });
  }
});

Deno.test("outcomeOf() counts a refusal, not the wait, where it is all that was missing", async (t) => {
  const denied = { state: "denied", reason: "refused-password" } as const;
  const unasked = { state: "skipped", reason: "not-asked" } as const;
  const dead = { state: "unreachable", reason: "no-answer" } as const;
  type Case = [a: typeof denied | typeof unasked | typeof dead, b: typeof denied | typeof dead];
  const cases: [name: string, of: Case, exit: Outcome["exit"]][] = [
    ["both refused", [denied, denied], 4],
    ["one was not asked, as the other refused", [unasked, denied], 4],
    ["one is dead", [dead, denied], 124],
    ["both are dead", [dead, dead], 124],
  ];
  for (const [name, results, exit] of cases) {
    await t.step(name, () => {
      const bmcs = results.map((result, i) => ({ ...BMC, ...result, node: ["a", "b"][i] ?? "" }));
      const problems = [of("bmc-denied", "b"), of("leases-missing", "a", "b")];
      assertEquals(outcomeOf({ problems, bmcs }), { status: "partial", exit });
    });
  }
});

const codes = Object.keys(PROBLEM_KINDS) as ProblemCode[];
const problemLists = fc.array(
  fc.tuple(fc.constantFrom(...codes), fc.subarray(["a", "b", "c"]))
    .map(([code, nodes]) => of(code, ...nodes)),
  { maxLength: 5 },
);

Deno.test("outcomeOf() exits as done if and only if all is well", () => {
  fc.assert(fc.property(problemLists, (problems) => {
    const { status, exit } = outcomeOf({ problems, leases: [lease("a")] });
    assertEquals(exit === 0, status === "ok");
    const hasError = problems.some(({ severity }) => severity === "error");
    assertEquals(status === "failed", hasError);
  }));
});

Deno.test("outcomeOf() gets no worse by another lease", () => {
  const ranks = { ok: 0, partial: 1, failed: 2 };
  fc.assert(fc.property(problemLists, (problems) => {
    const before = outcomeOf({ problems, leases: [lease("a")] });
    const after = outcomeOf({ problems, leases: [lease("a"), lease("b")] });
    assertEquals(ranks[after.status] <= ranks[before.status], true);
  }));
});
