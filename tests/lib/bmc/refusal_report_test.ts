import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bmcOf } from "../../../lib/bmc/bmc_report.ts";
import { type Finding, found } from "../../../lib/bmc/finding.ts";
import { refusalProblems } from "../../../lib/bmc/refusal_report.ts";
import type { Bmc } from "../../../lib/document/document.ts";
import { hintOf } from "../../typed.ts";

const DEAD = found("no-answer");

function bmc(node: string, finding: Finding): Bmc {
  const login = { port: null, user: "root", key: null };
  return bmcOf({ name: `${node}-mgmt`, node, address: "10.254.1.6", ...login, mac: null }, finding);
}

Deno.test("refusalProblems() says who refused, and how many were not asked", async (t) => {
  const refused = ["a1", "a2", "b1"];
  const denied = refused.map((node) => bmc(node, found("refused-user")));
  const cases: [name: string, asked: Bmc[], others: number, messages: string[]][] = [
    ["many others", denied, 96, ["a1, a2, b1 refused the password; 96 others were not asked"]],
    ["one other", denied, 1, ["a1, a2, b1 refused the password; 1 other was not asked"]],
    ["other faults, too", [bmc("b2", DEAD), ...denied], 5, [
      "b2-mgmt: no answer",
      "a1, a2, b1 refused the password; 5 others were not asked",
    ]],
    ["no others", denied, 0, ["a[1-2]-mgmt,b1-mgmt: the BMC refused user or password"]],
  ];
  for (const [name, asked, others, messages] of cases) {
    await t.step(name, () => {
      const problems = refusalProblems(refused, { asked, others, password: "/etc/password" });
      assertEquals(problems.map(([, { message }]) => message), messages);
      assertEquals(problems.at(-1)?.[0], "bmc-denied");
      assertEquals(problems.at(-1)?.[1].nodes, refused);
      assertStringIncludes(hintOf(problems.at(-1)?.[1].hint), "check /etc/password,");
    });
  }
});

Deno.test("refusalProblems() does not blame the password for what a user may not", async (t) => {
  const [password, role] = [found("refused-password"), found("refused-role")];
  const cases: [name: string, findings: Finding[], message: string, hint: RegExp][] = [
    [
      "all",
      [role, role, role],
      "a1, a2, a3 refused the user as administrator; 9 others were not asked",
      /^name other users \(U:\) in conman\.conf; .*: pitboot run --keep-going$/,
    ],
    [
      "one of three",
      [password, role, password],
      "a1, a3 refused the password; a2 refused the user as administrator; 9 others were not asked",
      /^check \/etc\/password, .*: pitboot run --keep-going$/,
    ],
  ];
  for (const [name, findings, message, hint] of cases) {
    await t.step(name, () => {
      const asked = findings.map((finding, i) => bmc(`a${i + 1}`, finding));
      const refused = asked.map(({ node }) => node);
      const problems = refusalProblems(refused, { asked, others: 9, password: "/etc/password" });
      assertEquals(problems.map(([, details]) => details.message), [message]);
      assertMatch(hintOf(problems[0]?.[1].hint), hint);
      assertEquals(problems[0]?.[1].nodes, refused);
    });
  }
});
