import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import {
  addOutcomes,
  type BmcOutcome,
  type BmcResult,
  consoleProblems,
  faultProblems,
  refusalProblems,
  skipped,
  THE_PASSWORD,
} from "../../../lib/bmc/bmc_report.ts";
import type { BmcTarget } from "../../../lib/bmc/bmc_targets.ts";
import type { Bmc, BmcState } from "../../../lib/document/document.ts";
import type { ProblemCode } from "../../../lib/document/problems.ts";

const MAC = "b4:2e:99:0b:0d:04";
const DONE: BmcResult = {
  state: "changed",
  channel: 1,
  message: null,
  hint: null,
  cipherSuite: 17,
  completionCode: 0,
};

function outcomeOf(node: string, result: Partial<BmcResult> = {}, seconds = 0.09): BmcOutcome {
  const target: BmcTarget = {
    name: `${node}-mgmt`,
    node,
    address: "10.254.1.6",
    port: null,
    user: "root",
    mac: MAC,
  };
  return { target, result: { ...DONE, ...result }, seconds };
}

function bmcOf(node: string, change: Partial<Bmc> = {}): Bmc {
  return {
    name: `${node}-mgmt`,
    node,
    address: "10.254.1.6",
    mac: MAC,
    state: "changed",
    channel: 1,
    seconds: 0.09,
    message: null,
    cipherSuite: 17,
    completionCode: 0,
    ...change,
  };
}

Deno.test("skipped() says why, and nothing about the BMC", () => {
  const { target } = outcomeOf("ncn-w001");
  assertEquals(skipped(target, "dry run"), {
    target,
    result: {
      state: "skipped",
      channel: null,
      message: "dry run",
      hint: null,
      cipherSuite: null,
      completionCode: null,
    },
    seconds: 0,
  });
});

Deno.test("consoleProblems() names who is left alone, and what is of no use", () => {
  const files = { conman: "/x.conf", statics: "/s.conf" };
  const nothing = { unlisted: [], strangers: [], faults: [] };
  const told = consoleProblems({
    unlisted: ["ncn-w002-mgmt", "ncn-w001-mgmt"],
    strangers: ["uan01-mgmt"],
    faults: [{ line: 7, message: "a quote is not closed", console: "ncn-w009-mgmt" }],
  }, files).map(([code, { message, nodes = [] }]) => [code, message, nodes]);
  assertEquals(told, [
    ["console-unusable", "/x.conf:7: a quote is not closed", ["ncn-w009"]],
    ["console-unknown", "/s.conf does not know uan01-mgmt: not switched to DHCP", []],
    [
      "bmc-unlisted",
      "/x.conf lists no console for ncn-w[001-002]-mgmt: not switched to DHCP",
      ["ncn-w001", "ncn-w002"],
    ],
  ]);
  assertEquals(consoleProblems(nothing, files), []);
});

Deno.test("addOutcomes() puts outcomes among the BMCs of the document", async (t) => {
  const [a, b, c] = ["a", "b", "c"].map((node) => bmcOf(node));
  const dead = bmcOf("b", { state: "unreachable", channel: null, seconds: 2, message: "dead" });
  const result = { state: "unreachable", channel: null, message: "dead", hint: "dig" } as const;
  const cases: [
    name: string,
    bmcs: unknown[] | undefined,
    outcomes: BmcOutcome[],
    all: unknown[],
  ][] = [
    ["nothing", undefined, [], []],
    ["the first", undefined, [outcomeOf("a")], [a]],
    ["all that there is to say", [], [outcomeOf("b", result, 2)], [dead]],
    ["sorted by name", undefined, [outcomeOf("b"), outcomeOf("c"), outcomeOf("a")], [a, b, c]],
    ["among others", [c, a], [outcomeOf("b")], [a, b, c]],
    ["in place of an older one", [a, dead, c], [outcomeOf("b")], [a, b, c]],
    ["nothing new", [c, a], [], [a, c]],
    ["keys that are not known", [{ ...b, rack: "x3000" }], [outcomeOf("a")], [
      a,
      { ...b, rack: "x3000" },
    ]],
  ];
  for (const [name, bmcs, outcomes, all] of cases) {
    await t.step(name, () => {
      assertEquals<unknown>(addOutcomes(bmcs as Bmc[] | undefined, outcomes), all);
    });
  }
});

Deno.test("addOutcomes() leaves the list that it is given as it is", () => {
  const bmcs = [bmcOf("b"), bmcOf("a")];
  addOutcomes(bmcs, [outcomeOf("a", { state: "failed" })]);
  assertEquals(bmcs, [bmcOf("b"), bmcOf("a")]);
});

Deno.test("faultProblems() has a code for every fault, and none for what is well", async (t) => {
  const cases: Record<BmcState, ProblemCode[]> = {
    changed: [],
    already: [],
    reset: [],
    skipped: [],
    unreachable: ["bmc-unreachable"],
    denied: ["bmc-denied"],
    failed: ["bmc-failed"],
    unknown: ["bmc-unknown"],
  };
  for (const [state, codes] of Object.entries(cases)) {
    await t.step(state, () => {
      const outcome = outcomeOf("a", { state: state as BmcState, message: "m", hint: "h" });
      assertEquals(faultProblems([outcome], "IPMI_PASSWORD").map(([code]) => code), codes);
    });
  }
});

Deno.test("faultProblems() says once what many have in common", async (t) => {
  const dead = { state: "unreachable", message: "no answer", hint: "check power" } as const;
  const slow = { ...dead, message: "too slow", hint: null };
  const failed = { ...dead, state: "failed" } as const;
  const cases: [
    name: string,
    outcomes: BmcOutcome[],
    problems: [range: string, message: string, hint: string | undefined, nodes: string[]][],
  ][] = [
    ["nothing", [], []],
    ["one", [outcomeOf("a1", dead)], [["a1-mgmt", "no answer", "check power", ["a1"]]]],
    ["no hint", [outcomeOf("a1", slow)], [["a1-mgmt", "too slow", undefined, ["a1"]]]],
    [
      "a hint to reset",
      ["a1", "a2"].map((node) => outcomeOf(node, { ...dead, hint: "x --reset; y" })),
      [
        ["a[1-2]-mgmt", "no answer", "x --reset --nodes a[1-2]; y", ["a1", "a2"]],
      ],
    ],
    [
      "a hint to check the password",
      [outcomeOf("a1", { ...dead, hint: `check ${THE_PASSWORD}; y` })],
      [
        ["a1-mgmt", "no answer", "check /etc/password; y", ["a1"]],
      ],
    ],
    ["some of many", ["a3", "a1", "a2"].map((node) => outcomeOf(node, node === "a2" ? {} : dead)), [
      ["a[1,3]-mgmt", "no answer", "check power", ["a1", "a3"]],
    ]],
    ["two messages", [outcomeOf("a2", slow), outcomeOf("a1", dead), outcomeOf("a3", slow)], [
      ["a[2-3]-mgmt", "too slow", undefined, ["a2", "a3"]],
      ["a1-mgmt", "no answer", "check power", ["a1"]],
    ]],
    ["two states", [outcomeOf("a1", dead), outcomeOf("a2", failed)], [
      ["a1-mgmt", "no answer", "check power", ["a1"]],
      ["a2-mgmt", "no answer", "check power", ["a2"]],
    ]],
  ];
  for (const [name, outcomes, expected] of cases) {
    await t.step(name, () => {
      const problems = faultProblems(outcomes, "/etc/password").map(([, details]) => details);
      assertEquals(problems.length, expected.length);
      for (const [i, [range, message, hint, nodes]] of expected.entries()) {
        const problem = problems[i];
        assertEquals([problem?.hint, problem?.nodes], [hint, nodes]);
        for (const fact of [range, message]) assertStringIncludes(problem?.message ?? "", fact);
      }
    });
  }
});

Deno.test("faultProblems() names every BMC with a fault once", () => {
  const nodes = ["a1", "a2", "b1", "b2", "b3"];
  const states = fc.constantFrom<BmcState>("changed", "unreachable", "failed", "unknown");
  const outcomes = fc.shuffledSubarray(nodes).chain((some) =>
    fc.tuple(...some.map((node) =>
      fc.tuple(states, fc.constantFrom("x", "y"))
        .map(([state, message]) => outcomeOf(node, { state, message }))
    ))
  );
  fc.assert(fc.property(outcomes, (outcomes) => {
    const named = faultProblems(outcomes, "").flatMap(([, { nodes }]) => nodes ?? []);
    const wrong = outcomes.filter(({ result }) => result.state !== "changed");
    assertEquals(named.sort(), wrong.map(({ target }) => target.node).sort());
  }));
});

Deno.test("refusalProblems() says who refused, and how many were not asked", async (t) => {
  const refused = ["a1", "a2", "b1"];
  const denied = refused.map((node) => outcomeOf(node, { state: "denied", message: "no" }));
  const dead = outcomeOf("b2", { state: "unreachable", message: "no answer" });
  const cases: [name: string, asked: BmcOutcome[], others: number, messages: string[]][] = [
    ["many others", denied, 96, ["a1, a2, b1 refused the password; 96 others were not asked"]],
    ["one other", denied, 1, ["a1, a2, b1 refused the password; 1 other was not asked"]],
    ["other faults, too", [dead, ...denied], 5, [
      "b2-mgmt: no answer",
      "a1, a2, b1 refused the password; 5 others were not asked",
    ]],
    ["no others", denied, 0, ["a[1-2]-mgmt,b1-mgmt: no"]],
  ];
  for (const [name, asked, others, messages] of cases) {
    await t.step(name, () => {
      const problems = refusalProblems(refused, { asked, others, source: "/etc/password" });
      assertEquals(problems.map(([, { message }]) => message), messages);
      assertEquals(problems.at(-1)?.[0], "bmc-denied");
      assertEquals(problems.at(-1)?.[1].nodes, refused);
      if (others > 0) assertStringIncludes(problems.at(-1)?.[1].hint ?? "", "check /etc/password,");
    });
  }
});
