import { assertEquals } from "@std/assert";
import { staticsProblems } from "../../../lib/nodes/statics_report.ts";

Deno.test("staticsProblems() names what may concern a selected node", () => {
  const faults = [
    { line: 3, message: "a", nodes: [] },
    { line: 5, message: "b", nodes: ["ncn-w001", "ncn-w002"] },
    { line: 7, message: "c", nodes: ["ncn-s001"] },
  ];
  const choice = { pit: "ncn-m001", nodes: ["ncn-w002"], exclude: null };
  const told = staticsProblems({ faults }, choice, "/s.conf").map(([code, { message, nodes }]) => [
    code,
    message,
    nodes,
  ]);
  assertEquals(told, [
    ["statics-doubtful", "/s.conf:3: a", []],
    ["statics-doubtful", "/s.conf:5: b", ["ncn-w001", "ncn-w002"]],
  ]);
});
