import { assertEquals, assertStringIncludes } from "@std/assert";
import type { PlannedNode } from "../../../lib/boot/planned_node.ts";
import { fetchingProblems, isSwitched } from "../../../lib/change/fetching_report.ts";
import { refusedProblems } from "../../../lib/change/refused_report.ts";
import { halfBoot } from "../../../lib/change/still_fetching.ts";
import type { BootFile, BootRequest } from "../../../lib/progress/boot_request.ts";
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

/** What a node asked for some minutes ago. */
function request(minutes: number, file: BootFile, status = 200, node = "ncn-w001"): BootRequest {
  return {
    address: "10.1.1.7",
    at: NOW - minutes * MINUTE,
    stamp: "start",
    method: "GET",
    path: `/${node}/${file}`,
    node,
    file,
    status,
    bytes: 9,
    sent: null,
    transfer: "unknown",
    agent: null,
  };
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

Deno.test("halfBoot() finds a node that has no root filesystem as yet", async (t) => {
  const cases: [name: string, requests: BootRequest[], files: BootFile[] | null][] = [
    ["nothing", [], null],
    ["a kernel, just now", [request(0, "kernel")], ["kernel"]],
    ["a kernel that long ago that it wipes its disks", [request(40, "kernel")], ["kernel"]],
    ["a kernel of an hour ago", [request(60.1, "kernel")], null],
    ["an initrd alone", [request(3, "initrd")], ["initrd"]],
    ["a script, just now", [request(1, "script")], ["script"]],
    ["a script alone, that did not go on", [request(11, "script")], null],
    ["all of it, in the order of the log", [
      request(30, "kernel"),
      request(20, "rootfs"),
      request(31, "initrd"),
      request(32, "script"),
    ], null],
    ["a new boot behind it", [
      request(30, "kernel"),
      request(20, "rootfs"),
      request(10, "script"),
      request(9, "initrd"),
    ], ["script", "initrd"]],
    ["a script behind it", [request(30, "kernel"), request(29, "rootfs"), request(5, "script")], [
      "script",
    ]],
    ["a root filesystem that was refused", [request(9, "kernel"), request(5, "rootfs", 404)], [
      "kernel",
    ]],
    ["a kernel that was refused", [request(9, "kernel", 403)], null],
    ["an old initrd, which fetches the kernel again", [
      request(32, "script"),
      request(31, "initrd"),
      request(30, "kernel"),
      request(29, "rootfs"),
      request(28, "kernel"),
    ], null],
    ["a root filesystem of the boot before", [request(9, "rootfs"), request(8, "kernel")], [
      "kernel",
    ]],
    ["a clock that was set back", [request(-1, "kernel")], ["kernel"]],
    ["a time long after now", [request(-61, "kernel")], null],
  ];
  for (const [name, requests, files] of cases) {
    await t.step(name, () => assertEquals(halfBoot(requests, NOW)?.files ?? null, files));
  }
});

Deno.test("fetchingProblems() names nodes that are switched while they boot", async (t) => {
  const nodes = [
    linksOf("ncn-w001", OTHER_KERNEL),
    linksOf("ncn-w002", OTHER_KERNEL),
    linksOf("ncn-w003"),
  ];
  const half = [request(40, "initrd"), request(39.5, "kernel")];
  const cases: [
    name: string,
    requests: Record<string, BootRequest[]>,
    receiving: string[],
    names: string[],
    words: string,
  ][] = [
    ["nobody fetched", {}, [], [], ""],
    ["a node that stays as it is", { "ncn-w003": half }, ["ncn-w003"], [], ""],
    ["a node that is not ours", { "ncn-x001": half }, ["ncn-x001"], [], ""],
    [
      "a node that waits for its disks",
      { "ncn-w001": half },
      [],
      ["ncn-w001"],
      "ncn-w001 fetched initrd.img.xz, kernel within the last 40 minutes, and no root filesystem since: they",
    ],
    [
      "two",
      { "ncn-w001": half, "ncn-w002": [request(0, "script")] },
      [],
      ["ncn-w001", "ncn-w002"],
      "ncn-w[001-002] fetched script.ipxe, initrd.img.xz, kernel within the last 40 minutes, and no root filesystem since: they",
    ],
    [
      "one that receives",
      {},
      ["ncn-w002"],
      ["ncn-w002"],
      "the web server is sending to ncn-w002: they",
    ],
    [
      "both",
      { "ncn-w001": half },
      ["ncn-w002"],
      ["ncn-w001", "ncn-w002"],
      "ncn-w001 fetched initrd.img.xz, kernel within the last 40 minutes, and no root filesystem since; the web server is sending to ncn-w002: they",
    ],
  ];
  for (const [name, requests, receiving, names, words] of cases) {
    await t.step(name, () => {
      const fetching = {
        requests: new Map(Object.entries(requests)),
        receiving: new Set(receiving),
      };
      const problems = fetchingProblems(nodes, fetching, { now: NOW, log: LOG });
      assertEquals(problems.length, names.length > 0 ? 1 : 0);
      for (const [code, { message, hint, nodes }] of problems) {
        assertEquals(code, "node-fetching");
        assertEquals(nodes, names);
        assertEquals(message.slice(0, words.length), words);
        assertStringIncludes(hintOf(hint), LOG);
      }
    });
  }
});

Deno.test("refusedProblems() names nodes whose last answer was 403, by what helps", () => {
  const requests = new Map([
    ["fmn001", [request(5, "script", 403, "fmn001")]],
    ["ncn-w001", [request(6, "script"), request(5, "kernel", 403)]],
    ["ncn-w002", [request(5, "script"), request(6, "script", 403)]],
    ["ncn-w003", [request(5, "script", 404)]],
    ["ncn-w004", [request(5, "script", 403)]],
  ]);
  const names = ["fmn001", "ncn-w001", "ncn-w002", "ncn-w003", "ncn-w009"];
  assertEquals(
    refusedProblems(names, requests).map(([code, { message, hint, nodes }]) => [
      code,
      message,
      hintOf(hint),
      nodes,
    ]),
    [
      [
        "web-refused",
        "the web server refused files to fmn001: 403 for /fmn001/script at 02:55:00 UTC",
        "grant the path in /etc/apache2 as for ^/ncn- (LocationMatch), then: systemctl reload apache2; pitboot check --nodes fmn001 says whether that helps",
        ["fmn001"],
      ],
      [
        "web-refused",
        "the web server refused files to ncn-w001: 403 for /ncn-w001/kernel at 02:55:00 UTC",
        "pitboot check --nodes ncn-w001 says why",
        ["ncn-w001"],
      ],
    ],
  );
});
