import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import {
  bmcOf,
  consoleProblems,
  faultProblems,
  ipmiProblems,
} from "../../../lib/bmc/bmc_report.ts";
import { type Finding, found } from "../../../lib/bmc/finding.ts";
import type { Bmc, BmcReason, BmcState } from "../../../lib/document/document.ts";
import type { ProblemCode } from "../../../lib/document/problems.ts";
import { hintOf } from "../../typed.ts";

const MAC = "b4:2e:99:0b:0d:04";
const LOGIN = { port: null, user: "root", key: "kgkey0" };
const CHANGED: Finding = { state: "changed", reason: null, message: null };
const [DEAD, SLOW] = [found("no-answer"), found("slow")];

function bmc(node: string, finding: Finding = CHANGED): Bmc {
  return bmcOf(
    { name: `${node}-mgmt`, node, address: "10.254.1.6", ...LOGIN, mac: MAC },
    finding,
  );
}

Deno.test("bmcOf() says which BMC it is and what became of it, and never user or key", () => {
  const which = { name: "a-mgmt", node: "a", address: "10.254.1.6", mac: MAC };
  const target = { ...which, ...LOGIN };
  const learnt = { channel: null, cipherSuite: null, completionCode: null };
  const nothing = { ...learnt, by: null, ipmi: null, seconds: 0 };
  assertEquals(bmcOf(target, found("dry-run")), {
    ...which,
    ...nothing,
    state: "skipped",
    reason: "dry-run",
    message: "dry run",
  });
  const learned = { channel: 1, cipherSuite: 17, completionCode: 0 };
  assertEquals(bmcOf(target, CHANGED, learned), { ...which, ...nothing, ...learned, ...CHANGED });
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
  for (const [state, codes] of Object.entries(cases) as [BmcState, ProblemCode[]][]) {
    await t.step(state, () => {
      const problems = faultProblems([bmc("a", { ...DEAD, state })], "IPMI_PASSWORD");
      assertEquals(problems.map(([code]) => code), codes);
    });
  }
});

Deno.test("faultProblems() says once what many have in common", async (t) => {
  const power = /^check cable/;
  const cases: [
    name: string,
    bmcs: Bmc[],
    problems: [message: string, hint: RegExp, nodes: string[]][],
  ][] = [
    ["nothing", [], []],
    ["one", [bmc("a1", DEAD)], [["a1-mgmt: no answer", power, ["a1"]]]],
    [
      "a hint to reset names them all",
      [bmc("a1", found("not-kept")), bmc("a2", found("not-kept"))],
      [[
        "a[1-2]-mgmt: the BMC accepted the setting but did not keep it",
        /: pitboot bmc-dhcp --reset --nodes a\[1-2\]; /,
        ["a1", "a2"],
      ]],
    ],
    ["a refusal names the password", [bmc("a1", found("refused-password"))], [
      ["a1-mgmt: the BMC refused user or password", /^check \/etc\/\$&word, /, ["a1"]],
    ]],
    ["one problem for what reads the same", [
      bmc("a1", found("refused-password")),
      bmc("a2", found("refused-user")),
    ], [["a[1-2]-mgmt: the BMC refused user or password", /^check \//, ["a1", "a2"]]]],
    ["some of many", [bmc("a3", DEAD), bmc("a1", DEAD), bmc("a2")], [
      ["a[1,3]-mgmt: no answer", power, ["a1", "a3"]],
    ]],
    ["two messages", [bmc("a2", SLOW), bmc("a1", DEAD), bmc("a3", SLOW)], [
      ["a[2-3]-mgmt: answers too slowly", /--bmc-timeout/, ["a2", "a3"]],
      ["a1-mgmt: no answer", power, ["a1"]],
    ]],
    ["two states", [bmc("a1", DEAD), bmc("a2", { ...DEAD, state: "failed" })], [
      ["a1-mgmt: no answer", power, ["a1"]],
      ["a2-mgmt: no answer", power, ["a2"]],
    ]],
  ];
  for (const [name, bmcs, expected] of cases) {
    await t.step(name, () => {
      const problems = faultProblems(bmcs, "/etc/$&word").map(([, details]) => details);
      assertEquals(
        problems.map(({ message, nodes }) => [message, nodes]),
        expected.map(([message, , nodes]) => [message, nodes]),
      );
      const hints = expected.map(([, hint], i) => hint.test(hintOf(problems[i]?.hint)));
      assertEquals(hints, expected.map(() => true));
    });
  }
});

Deno.test("faultProblems() names every BMC with a fault once", () => {
  const nodes = ["a1", "a2", "b1", "b2", "b3"];
  const reasons = fc.constantFrom<BmcReason | null>(null, "slow", "refused", "session-lost");
  const bmcs = fc.shuffledSubarray(nodes).chain((some) =>
    fc.tuple(...some.map((node) =>
      fc.tuple(reasons, fc.constantFrom("x", "y"))
        .map(([reason, message]) => bmc(node, reason ? found(reason, message) : CHANGED))
    ))
  );
  fc.assert(fc.property(bmcs, (bmcs) => {
    const named = faultProblems(bmcs, "").flatMap(([, { nodes }]) => nodes ?? []);
    const wrong = bmcs.filter(({ reason }) => reason !== null);
    assertEquals(named.sort(), wrong.map(({ node }) => node).sort());
  }));
});

Deno.test("ipmiProblems() names BMCs that were switched, and whose IPMI stays off", () => {
  const off = { ipmi: "off", by: "redfish" } as const;
  const note = "IPMI stays off: refused (400 UnsupportedSecurityState)";
  const problems = ipmiProblems([
    { ...bmc("a1", CHANGED), ...off, message: note },
    { ...bmc("a2", CHANGED), ...off, message: note },
    { ...bmc("a3", found("refused")), ...off },
    { ...bmc("a4", CHANGED), ipmi: "enabled" },
  ]);
  assertEquals(problems.map(([code, { message, nodes }]) => [code, message, nodes]), [
    ["ipmi-stays-off", `a[1-2]-mgmt: ${note}`, ["a1", "a2"]],
  ]);
});
