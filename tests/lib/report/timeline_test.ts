import { assertEquals } from "@std/assert";
import { type BootRequest, parseBootRequest } from "../../../lib/progress/boot_request.ts";
import { loggedBoot } from "../../../lib/report/logged_boot.ts";
import { nightOf } from "../../../lib/report/night.ts";
import { readNightEvent } from "../../../lib/report/night_event.ts";
import { type NodeRow, timelineOf } from "../../../lib/report/timeline.ts";

const BEGIN = Date.UTC(2026, 10, 28, 20);

/** Rows of a night; events are given as seconds, `what`, node, and other keys. */
function rowsOf(
  events: readonly (readonly [second: number, what: string, node: string | null, keys?: object])[],
  requests: readonly (readonly [second: number, node: string, file: string, status?: number])[] =
    [],
): NodeRow[] {
  const read = events.map(([second, what, node, keys]) => {
    const time = new Date(at(second)).toISOString();
    const event = readNightEvent(JSON.stringify({ time, stage: "run", node, what, ...keys }));
    if (event === null) throw new Error(`${what} is no event`);
    return event;
  });
  const byNode = [...Map.groupBy(requests, ([, node]) => node)];
  const boots = byNode.map(([node, own]) => [node, loggedBoot(own.flatMap(requestOf))] as const);
  return timelineOf(nightOf(read), new Map(boots));
}

function requestOf(
  [second, node, file, status = 200]: readonly [number, string, string, number?],
): BootRequest[] {
  const stamp = `28/Nov/2026:20:00:${String(second).padStart(2, "0")} +0000`;
  const line = `10.1.1.7 - - [${stamp}] "GET /${node}/${file} HTTP/1.1" ${status} 9`;
  return [parseBootRequest(line, "apache") ?? []].flat();
}

function at(second: number): number {
  return BEGIN + second * 1000;
}

/** The steps of a row by second. */
function secondsOf({ steps }: NodeRow): Record<string, number> {
  return Object.fromEntries(steps.map(({ stage, at }) => [stage, (at - BEGIN) / 1000]));
}

const CHANGED = { state: "changed", message: null };
const CREATED = { change: "created" };

Deno.test("timelineOf() has each node's steps, in their order of time", () => {
  const [row] = rowsOf([
    [3, "linked", "a1", CREATED],
    [1, "asked", "a1", CHANGED],
    [2, "lease", "a1", { ip: "10.1.1.1" }],
  ], [
    [40, "a1", "rootfs"],
    [10, "a1", "script.ipxe"],
    [20, "a1", "initrd.img.xz"],
    [30, "a1", "kernel"],
    [50, "stranger", "kernel"],
  ]);
  assertEquals(Object.entries(row ? secondsOf(row) : {}), [
    ["bmc", 1],
    ["lease", 2],
    ["ready", 3],
    ["script", 10],
    ["initrd", 20],
    ["kernel", 30],
    ["rootfs", 40],
  ]);
  assertEquals([row?.furthest?.stage, row?.notes], ["rootfs", []]);
});

Deno.test("timelineOf() puts the node first that got least far, then the last one", () => {
  const rows = rowsOf([
    [0, "setting", null, { nodes: ["a1", "a2", "a3", "a4", "a5"] }],
    [1, "linked", "a2", CREATED],
    [2, "linked", "a3", CREATED],
    [2, "linked", "a4", CREATED],
  ], [[9, "a2", "script.ipxe"]]);
  assertEquals(rows.map(({ name }) => name), ["a1", "a5", "a3", "a4", "a2"]);
});

Deno.test("timelineOf() tells the last boot of a node, and how often it began", () => {
  const [row] = rowsOf([[0, "linked", "a1", CREATED]], [
    [10, "a1", "script.ipxe"],
    [11, "a1", "kernel"],
    [12, "a1", "rootfs"],
    [20, "a1", "script.ipxe"],
    [21, "a1", "initrd.img.xz"],
    [30, "a1", "script.ipxe"],
  ]);
  assertEquals(row && secondsOf(row), { ready: 0, script: 30 });
  assertEquals(row?.notes, ["began to boot 2 times"]);
});

const SWITCHED_ON = { wish: "on", power: "on", message: null, seconds: 2 };

Deno.test("timelineOf() tells when a node was switched on", async (t) => {
  const cases: [
    name: string,
    events: Parameters<typeof rowsOf>[0],
    requests: Parameters<typeof rowsOf>[1],
    seconds: object,
    notes: string[],
  ][] = [
    ["and no more", [[9, "powered", "a1", SWITCHED_ON]], [], { power: 9 }, []],
    [
      "and it boots before that was seen",
      [[9, "powered", "a1", SWITCHED_ON]],
      [[8, "a1", "script.ipxe"]],
      { script: 8, power: 9 },
      [],
    ],
    [
      "after an earlier boot",
      [[1, "booting", "a1", { reached: "kernel", at: null }], [9, "powered", "a1", SWITCHED_ON]],
      [[5, "a1", "script.ipxe"], [6, "a1", "rootfs"]],
      { power: 9 },
      [],
    ],
    [
      "unless it was looked at only",
      [[9, "powered", "a1", { ...SWITCHED_ON, wish: "status" }], [1, "linked", "a1", CREATED]],
      [],
      { ready: 1 },
      [],
    ],
    [
      "unless it was on before",
      [[9, "powered", "a1", { ...SWITCHED_ON, power: "already" }]],
      [],
      {},
      [],
    ],
    [
      "unless it is off again",
      [
        [9, "powered", "a1", SWITCHED_ON],
        [10, "powered", "a1", { ...SWITCHED_ON, wish: "off", power: "off" }],
      ],
      [],
      {},
      [],
    ],
    [
      "or why it was not",
      [[9, "powered", "a1", { ...SWITCHED_ON, power: "failed", message: "still off" }]],
      [],
      {},
      ["power: still off"],
    ],
    [
      "at last",
      [
        [8, "powered", "a1", { ...SWITCHED_ON, power: "refused" }],
        [9, "powered", "a1", SWITCHED_ON],
      ],
      [],
      { power: 9 },
      [],
    ],
  ];
  for (const [name, events, requests, seconds, notes] of cases) {
    await t.step(name, () => {
      const [row] = rowsOf(events, requests);
      assertEquals([row ? secondsOf(row) : {}, row?.notes ?? []], [seconds, notes]);
    });
  }
});

Deno.test("nightOf() tells that nodes are about to be switched on, and not of a look", () => {
  const events = ["status", "on"].map((wish) =>
    readNightEvent(JSON.stringify({
      time: new Date(BEGIN).toISOString(),
      stage: "power",
      node: null,
      what: "powering",
      wish,
      nodes: ["a1", "a2"],
    }))
  );
  const { moments } = nightOf(events.flatMap((event) => event ?? []));
  assertEquals(moments.map(({ words }) => words), ["2 nodes are about to be switched on"]);
});

Deno.test("timelineOf() keeps what several runs did", async (t) => {
  const cases: [
    name: string,
    events: Parameters<typeof rowsOf>[0],
    seconds: object,
    notes: string[],
  ][] = [
    [
      "a BMC that was set in the first run",
      [
        [1, "asked", "a1", CHANGED],
        [9, "asked", "a1", { state: "already", message: null }],
      ],
      { bmc: 1 },
      [],
    ],
    [
      "a BMC that was dead in the first run",
      [
        [1, "asked", "a1", { state: "unreachable", message: "no answer" }],
        [9, "asked", "a1", CHANGED],
      ],
      { bmc: 9 },
      [],
    ],
    [
      "a BMC that is dead",
      [
        [1, "asked", "a1", { state: "unreachable", message: "no answer" }],
      ],
      {},
      ["BMC: no answer"],
    ],
    [
      "a node that keeps what it boots",
      [
        [1, "linked", "a1", CREATED],
        [9, "linked", "a1", { change: "unchanged" }],
      ],
      { ready: 1 },
      [],
    ],
    [
      "a node that boots something else",
      [
        [1, "linked", "a1", CREATED],
        [9, "linked", "a1", { change: "updated" }],
      ],
      { ready: 9 },
      [],
    ],
    [
      "a node that is offline",
      [
        [1, "linked", "a1", CREATED],
        [9, "linked", "a1", { change: "offline" }],
      ],
      {},
      ["offline"],
    ],
    [
      "a lease that expired",
      [
        [1, "lease", "a1", { ip: "10.1.1.1" }],
        [9, "lease-ended", "a1"],
      ],
      {},
      ["the lease of its BMC has expired"],
    ],
    [
      "a verdict, and a run that mended it",
      [
        [1, "verdict", null, {
          summary: "no",
          nodes: [{ node: "a1", code: "bmc-denied", message: "refused" }],
        }],
        [9, "linked", "a1", CREATED],
      ],
      { ready: 9 },
      [],
    ],
  ];
  for (const [name, events, seconds, notes] of cases) {
    await t.step(name, () => {
      const [row] = rowsOf(events);
      assertEquals(row && secondsOf(row), { ...seconds });
      assertEquals(row?.notes, notes);
    });
  }
});

Deno.test("timelineOf() has what boot-progress saw, of the last boot", async (t) => {
  const seen = (
    second: number,
    reached: string,
    by = second + 5,
  ): [number, string, string, object] => [
    by,
    "booting",
    "a1",
    { reached, at: reached === "none" ? null : new Date(at(second)).toISOString() },
  ];
  const first = [
    seen(10, "script"),
    seen(20, "kernel"),
    seen(30, "rootfs"),
    seen(31, "rootfs-sent"),
  ];
  const cases: [name: string, rows: NodeRow[], seconds: object][] = [
    ["all of it, without a log", rowsOf([...first, seen(50, "up")]), {
      script: 10,
      kernel: 20,
      rootfs: 30,
      up: 50,
    }],
    ["a new boot", rowsOf([...first, seen(50, "up"), seen(55, "script", 57)]), { script: 55 }],
    ["nothing any more", rowsOf([...first, seen(0, "none", 57)]), {}],
    [
      "the log besides",
      rowsOf([...first, seen(50, "up")], [[10, "a1", "script.ipxe"], [
        15,
        "a1",
        "initrd.img.xz",
      ]]),
      { script: 10, initrd: 15, kernel: 20, rootfs: 30, up: 50 },
    ],
    ["a newer boot in the log", rowsOf([...first], [[55, "a1", "script.ipxe"]]), { script: 55 }],
  ];
  for (const [name, [row], seconds] of cases) {
    await t.step(name, () => assertEquals(row && secondsOf(row), { ...seconds }));
  }
});

Deno.test("timelineOf() repeats no verdict of a node that boots since", () => {
  const nodes = [{ node: "a1", code: "leases-missing", message: "no lease" }];
  const at = new Date(BEGIN + 50_000).toISOString();
  const [row] = rowsOf([
    [1, "verdict", null, { summary: "no", nodes }],
    [50, "booting", "a1", { reached: "up", at }],
  ]);
  assertEquals([row?.furthest?.stage, row?.notes], ["up", []]);
});

Deno.test("timelineOf() says what a node was refused, until it gets it", () => {
  const refused = [[10, "a1", "script.ipxe"], [20, "a1", "initrd.img.xz", 404]] as const;
  const events = [[0, "linked", "a1", CREATED]] as const;
  const [row] = rowsOf(events, refused);
  assertEquals([row?.furthest?.stage, row?.notes], ["script", [
    "asked for /a1/initrd.img.xz: 404",
  ]]);
  const [again] = rowsOf(events, [...refused, [30, "a1", "initrd.img.xz"]]);
  assertEquals([again?.furthest?.stage, again?.notes], ["initrd", []]);
});

Deno.test("timelineOf() says of a node that it booted before it was switched", () => {
  const [row] = rowsOf([[50, "linked", "a1", CREATED]], [[10, "a1", "script.ipxe"]]);
  assertEquals(row?.notes, ["booted before it was given what it boots next"]);
});

Deno.test("nightOf() counts a problem that was said again, and keeps its last time", () => {
  const problem = { severity: "warning", code: "x", nodes: ["a1"], message: "m", stage: "run" };
  const events = [1, 9].map((second) =>
    readNightEvent(JSON.stringify({
      time: new Date(at(second)).toISOString(),
      stage: "run",
      node: null,
      what: "problem",
      problem,
    }))
  );
  const { problems, verdict } = nightOf(events.flatMap((event) => event ?? []));
  assertEquals(problems.map(({ times, at: last }) => [times, last]), [[2, at(9)]]);
  assertEquals(verdict, null);
});
