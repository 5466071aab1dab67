import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Report } from "../../../lib/document/problems.ts";
import type { BootScripts } from "../../../lib/boot/boot_tree.ts";
import {
  describeBootScript,
  linkProblems,
  nodeEntry,
  offlineProblems,
  servingProblems,
} from "../../../lib/change/link_report.ts";
import type { Serving } from "../../../lib/change/served_nodes.ts";
import { BUILT_IN_ROLES, roleOf } from "../../../lib/nodes/roles.ts";
import { plannedNode, wantedScript } from "../../testdata/planned_node.ts";
import { hintOf } from "../../typed.ts";

const SCRIPTS: BootScripts = {
  path: "/var/www/boot/script.ipxe",
  plain: wantedScript("plain"),
  withoutLuks: wantedScript("bare"),
  hasLuks: true,
  release: "1.6.2",
  differs: false,
};
const NAMES = ["ncn-w001", "ncn-w002", "ncn-w004"];
const RANGE = "ncn-w[001-002,004]";

/** What is expected of a problem: its code, its nodes, and facts that it must name. */
type Expected = [code: string, nodes: string[] | undefined, facts: string[]];

Deno.test("servingProblems() names who gets no directory, or another than expected", async (t) => {
  const bare = { ...SCRIPTS, hasLuks: false };
  const cases: [name: string, serving: Partial<Serving>, scripts: BootScripts, Expected[]][] = [
    ["nothing", { served: served("ncn-m002", ...NAMES) }, SCRIPTS, []],
    [
      "leases of strangers",
      {
        served: served("ncn-m002"),
        strangers: ["x2-mgmt", "x1-mgmt"],
      },
      SCRIPTS,
      [["lease-unknown", undefined, ["x[1-2]-mgmt", "statics.conf"]]],
    ],
    ["nodes without a role", { served: served("ncn-m002"), withoutRole: ["a1", "a2"] }, SCRIPTS, [
      ["node-without-role", ["a1", "a2"], ["a[1-2]"]],
    ]],
    ["nobody", {}, SCRIPTS, [["nodes-none", undefined, []]]],
    ["nobody but strangers", { strangers: ["x1-mgmt"] }, SCRIPTS, [
      ["lease-unknown", undefined, ["x1-mgmt"]],
      ["nodes-none", undefined, []],
    ]],
    ["no rd.luks, and nodes that need none", { served: served("ncn-m002", "ncn-s001") }, bare, []],
    ["no rd.luks to switch off", { served: served("ncn-m002", ...NAMES, "ncn-s001") }, bare, [
      ["script-without-luks", NAMES, [RANGE, SCRIPTS.path, "rd.luks"]],
    ]],
  ];
  for (const [name, serving, scripts, expected] of cases) {
    await t.step(name, () => {
      const all = { served: [], strangers: [], withoutRole: [], ...serving };
      checkReports(servingProblems(all, scripts), expected);
    });
  }
});

Deno.test("nodeEntry() says how a node is now", async (t) => {
  const node = plannedNode("ncn-w001", { change: "updated", script: "kept" });
  const entry = {
    name: "ncn-w001",
    role: "kubernetes",
    directory: "/var/www/ncn-w001",
    kernel: "../new/k",
    initrd: "../new/i",
    rootfs: "../new/r",
    script: "kept",
    release: null,
  };
  await t.step("done", () => {
    assertEquals<unknown>(nodeEntry(node, false), { ...entry, change: "updated" });
  });
  await t.step("offline", () => {
    const off = plannedNode("ncn-w001", { change: "offline", script: "missing" });
    assertEquals<unknown>(nodeEntry(off, false), {
      ...entry,
      change: "offline",
      script: "missing",
      kernel: null,
      initrd: null,
      rootfs: null,
    });
  });
  await t.step("not done", () => {
    assertEquals<unknown>(nodeEntry(node, true), { ...entry, change: "failed" });
  });
});

/** A script that is not the one that pitboot wrote. */
const EDITED = { found: "edited", written: ["old"] };

Deno.test("linkProblems() reports a cause once, with its nodes", async (t) => {
  const cases: [
    name: string,
    kept: string[],
    failed: Record<string, string | null>,
    expected: Expected[],
  ][] = [
    ["nothing", [], {}, []],
    ["kept scripts", NAMES, {}, [["script-kept", NAMES, [RANGE, "--reset-scripts"]]]],
    ["not begun", [], { "ncn-w001": null, "ncn-w002": null }, []],
    ["one cause", [], { "ncn-w001": "no space", "ncn-w002": "no space", "ncn-w004": "no space" }, [
      ["node-failed", NAMES, [RANGE, "no space"]],
    ]],
    ["all of them", [], Object.fromEntries([...NAMES, "ncn-w005"].map((name) => [name, "full"])), [
      ["nodes-failed", [...NAMES, "ncn-w005"], ["ncn-w[001-002,004-005]", "full"]],
    ]],
    ["two causes, and one not begun", ["ncn-w001"], {
      "ncn-w001": "no space",
      "ncn-w002": "denied",
      "ncn-w004": null,
      "ncn-w005": "no space",
    }, [
      ["script-kept", ["ncn-w001"], ["ncn-w001"]],
      ["node-failed", ["ncn-w001", "ncn-w005"], ["ncn-w[001,005]", "no space"]],
      ["node-failed", ["ncn-w002"], ["ncn-w002", "denied"]],
    ]],
  ];
  for (const [name, kept, failed, expected] of cases) {
    await t.step(name, () => {
      const nodes = [...NAMES, "ncn-w005"]
        .map((node) =>
          kept.includes(node)
            ? plannedNode(node, { script: "kept" }, EDITED)
            : plannedNode(node, {})
        );
      checkReports(linkProblems(nodes, new Map(Object.entries(failed))), expected);
    });
  }
});

Deno.test("offlineProblems() names who is left offline, and who is so only by half", () => {
  const parked = { links: plannedNode("ncn-w001", {}).observed.links, script: null };
  const nodes = [
    plannedNode("ncn-w001", {}, { parked }),
    plannedNode("ncn-w002", {}, { parked }),
    plannedNode("ncn-w003", {}, { parked, found: "script" }),
    plannedNode("ncn-w004", {}, { found: "script" }),
  ].map(({ wanted: { name }, observed }) => ({ name, observed }));
  checkReports(offlineProblems(nodes), [
    ["node-offline", ["ncn-w001", "ncn-w002"], ["ncn-w[001-002]", "pitboot online --nodes"]],
    ["node-offline", ["ncn-w003"], ["ncn-w003", "script.ipxe", "pitboot offline --nodes"]],
  ]);
  checkReports(offlineProblems(nodes.slice(3)), []);
});

Deno.test("describeBootScript() says what becomes of the script of all", () => {
  assertEquals(describeBootScript(SCRIPTS), []);
  assertEquals(describeBootScript({ ...SCRIPTS, differs: true }), [
    "would put rd.live.dir=1.6.2 into /var/www/boot/script.ipxe",
  ]);
  assertEquals(describeBootScript({ ...SCRIPTS, differs: true, release: null }), [
    "would take rd.live.dir out of /var/www/boot/script.ipxe",
  ]);
});

function checkReports(reports: readonly Report[], expected: readonly Expected[]): void {
  assertEquals<unknown>(
    reports.map(([code, { nodes }]) => [code, nodes]),
    expected.map(([code, nodes]) => [code, nodes]),
  );
  for (const [i, [, , facts]] of expected.entries()) {
    const details = reports[i]?.[1];
    const text = `${details?.message}\n${hintOf(details?.hint)}`;
    for (const fact of facts) assertStringIncludes(text, fact);
  }
}

function served(...names: string[]): Serving["served"] {
  return names.flatMap((name) => {
    const role = roleOf(name, BUILT_IN_ROLES);
    return role ? [{ name, role }] : [];
  });
}
