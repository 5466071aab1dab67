import { assertEquals } from "@std/assert";
import type { Fetch } from "../../../lib/boot/access_log.ts";
import { fetchingProblems, isSwitched } from "../../../lib/boot/fetching_report.ts";
import type { PlannedNode } from "../../../lib/boot/planned_node.ts";
import { plannedNode } from "../../testdata/planned_node.ts";
import { hintOf } from "../../typed.ts";

const LOG = "/var/log/apache2/access_log";
const NOW = Date.UTC(2026, 10, 25, 3, 0, 0);
const MINUTE = 60_000;
const OTHER_KERNEL = { wrong: { kernel: "../old/k" } };

/** A node whose script is as planned, but for the links that are named. */
function linksOf(name: string, options: Parameters<typeof plannedNode>[2] = {}): PlannedNode {
  return plannedNode(name, { script: "unchanged" }, { found: "text of new", ...options });
}

/** A node whose script has this text now. */
function scriptOf(name: string, script: PlannedNode["plan"]["script"], found: string): PlannedNode {
  return plannedNode(name, { script }, { found });
}

Deno.test("isSwitched() tells whether a node will boot something else", async (t) => {
  const cases: [name: string, node: PlannedNode, expected: boolean][] = [
    ["nothing", linksOf("a"), false],
    ["another kernel", linksOf("a", OTHER_KERNEL), true],
    ["another root filesystem", linksOf("a", { wrong: { rootfs: "../old/r" } }), true],
    ["a link that is missing", linksOf("a", { wrong: { kernel: null } }), true],
    ["a script that is missing", plannedNode("a", { script: "written" }), true],
    ["another script", scriptOf("a", "written", "old"), true],
    ["a script that only gets another time", scriptOf("a", "written", "text of new"), false],
    ["a script that is kept", scriptOf("a", "kept", "old"), false],
  ];
  for (const [name, node, expected] of cases) {
    await t.step(name, () => assertEquals(isSwitched(node), expected));
  }
});

Deno.test("fetchingProblems() names nodes that are switched while they boot", async (t) => {
  const nodes = [
    linksOf("ncn-w001", OTHER_KERNEL),
    linksOf("ncn-w002", OTHER_KERNEL),
    linksOf("ncn-w003"),
  ];
  const fetch = (node: string, minutes: number, file: Fetch["file"] = "kernel"): Fetch => ({
    node,
    file,
    at: NOW - minutes * MINUTE,
  });
  const cases: [name: string, fetches: Fetch[], names: string[], files: string][] = [
    ["nobody fetched", [], [], ""],
    ["one fetched just now", [fetch("ncn-w001", 0)], ["ncn-w001"], "ncn-w001 fetched kernel"],
    [
      "one fetched ten minutes ago",
      [fetch("ncn-w001", 10)],
      ["ncn-w001"],
      "ncn-w001 fetched kernel",
    ],
    ["one fetched longer ago", [fetch("ncn-w001", 10.1)], [], ""],
    ["the clock was set back", [fetch("ncn-w001", -1)], ["ncn-w001"], "ncn-w001 fetched kernel"],
    ["a time long after now", [fetch("ncn-w001", -60)], [], ""],
    ["a node that stays as it is", [fetch("ncn-w003", 1)], [], ""],
    ["a node that is not ours", [fetch("boot", 1)], [], ""],
    [
      "two that fetched several files",
      [
        fetch("ncn-w002", 1, "rootfs"),
        fetch("ncn-w001", 2, "script.ipxe"),
        fetch("ncn-w002", 2),
        fetch("ncn-w002", 30, "initrd.img.xz"),
      ],
      ["ncn-w001", "ncn-w002"],
      "ncn-w[001-002] fetched script.ipxe, kernel, rootfs",
    ],
  ];
  for (const [name, fetches, names, facts] of cases) {
    await t.step(name, () => {
      const problems = fetchingProblems(nodes, fetches, { now: NOW, log: LOG });
      assertEquals(problems.length, names.length > 0 ? 1 : 0);
      for (const [code, { message, hint, nodes }] of problems) {
        assertEquals(code, "node-fetching");
        assertEquals(nodes, names);
        assertEquals(message.slice(0, facts.length + 7), `${facts} within`);
        assertEquals(hintOf(hint).includes(LOG), true);
      }
    });
  }
});
