import { assert, assertEquals, assertMatch } from "@std/assert";
import type { BootState, Generation, GenerationChange } from "../../../lib/document/generation.ts";
import { historyDetails, historyTable } from "../../../lib/history/history_report.ts";
import { TYPED } from "../../typed.ts";

const OLD: BootState = {
  release: "1.6.1",
  kernel: "../1/k",
  initrd: "../1/i",
  rootfs: "../1/r",
  script: { sha256: "0123456789abcdef", edited: false },
  offline: false,
};
const NEW: BootState = {
  release: "1.6.2",
  kernel: "../2/k",
  initrd: "../2/i",
  rootfs: "../2/r",
  script: { sha256: "fedcba9876543210", edited: false },
  offline: false,
};
const UPDATE: GenerationChange = {
  nodes: ["ncn-w001", "ncn-w002"],
  before: OLD,
  after: NEW,
  failed: null,
};
const RUN: Generation = {
  number: 7,
  parent: 6,
  restores: null,
  who: "jane",
  begun: "2026-01-02T03:04:05.678Z",
  ended: "2026-01-02T03:04:06.000Z",
  command: "CSM_RELEASE=1.6.2 pitboot run --nodes ncn-w001,ncn-w002",
  bootScript: null,
  changes: [UPDATE],
};

const HEAD = "GEN  WHEN (UTC)        WHO   N  RESULT  RELEASE  COMMAND";

Deno.test("historyTable() has a line for each generation", () => {
  assertEquals(historyTable([], 80), []);
  assertEquals(historyTable([RUN], Infinity), [
    HEAD,
    "7    2026-01-02 03:04  jane  2  done    1.6.2    run --nodes ncn-w001,ncn-w002",
  ]);
  assertEquals(historyTable([RUN], 80), [
    HEAD,
    "7    2026-01-02 03:04  jane  2  done    1.6.2    run --nodes ncn-w001,ncn-w002",
  ]);
});

Deno.test("historyTable() cuts long releases on a terminal, and nowhere else", () => {
  const long = { ...UPDATE, after: { ...NEW, release: "fe775c6-1659395320990" } };
  const generations = [{ ...RUN, changes: [long] }];
  assertMatch(historyTable(generations, 80)[1] ?? "", / done +fe775c6-16593… +run /);
  assertMatch(historyTable(generations, Infinity)[1] ?? "", / fe775c6-1659395320990 +run /);
});

Deno.test("historyTable() shows the whole command, however narrow the terminal is", () => {
  const words = "run --nodes ncn-w001,ncn-w002";
  for (const width of [32, 40, 79, 80, 81, 200]) {
    const [, ...lines] = historyTable([RUN, { ...RUN, number: 8 }], width);
    for (const line of lines) assert(line.length <= width, `${width}: ${line}`);
    const text = lines.join(" ").replace(/ +/g, " ");
    assertEquals(text.split(words).length, 3, text);
  }
});

Deno.test("historyTable() says where a rollback went", () => {
  const back = { ...RUN, command: "pitboot rollback" };
  assertMatch(
    historyTable([{ ...back, restores: 3 }], 80)[1] ?? "",
    / rollback \(to generation 3\)$/,
  );
  assertMatch(
    historyTable([{ ...back, restores: 0 }], Infinity)[1] ?? "",
    /\(to what was there before/,
  );
});

Deno.test("historyTable() tells in a word what became of a generation", async (t) => {
  const failed = { ...UPDATE, nodes: ["ncn-w003"], failed: "no space left" };
  const offline = { ...UPDATE, after: { ...NEW, offline: true } };
  const cases: [name: string, generation: Partial<Generation>, words: RegExp][] = [
    ["done", {}, / 2 +done +1\.6\.2 +run /],
    ["some nodes failed", { changes: [UPDATE, failed] }, / 3 +1 failed +1\.6\.2 +run /],
    [
      "it was cut off",
      { ended: null, changes: [UPDATE, failed] },
      / 3 +interrupted +1\.6\.2 +run /,
    ],
    ["nodes were taken offline", { changes: [offline] }, / 2 +done +offline +run /],
    ["nodes were removed", { changes: [{ ...UPDATE, after: null }] }, / 2 +done +- +run /],
    [
      "to several",
      { changes: [offline, { ...UPDATE, after: OLD }, UPDATE] },
      / 1\.6\.1 1\.6\.2 offline +run /,
    ],
    ["no node at all", { changes: [] }, / 0 +done +run /],
  ];
  for (const [name, generation, words] of cases) {
    await t.step(name, () => {
      const [, line = ""] = historyTable([{ ...RUN, ...generation }], Infinity);
      assertMatch(line, words);
    });
  }
});

Deno.test("historyDetails() describes a generation", () => {
  assertEquals(historyDetails(RUN, TYPED), [
    "generation 7, 2026-01-02 03:04:05 UTC, by jane: done",
    "    CSM_RELEASE=1.6.2 pitboot run --nodes ncn-w001,ncn-w002",
    "    pitboot rollback 7 comes back here; before it was generation 6",
    "ncn-w[001-002]",
    "    release        1.6.1 -> 1.6.2",
    "    script.ipxe    0123456789ab -> fedcba987654",
  ]);
});

Deno.test("historyDetails() shows what is out of the ordinary", async (t) => {
  const changes = (change: Partial<GenerationChange>): Partial<Generation> => ({
    changes: [{ ...UPDATE, ...change }],
  });
  const cases: [name: string, generation: Partial<Generation>, lines: string[]][] = [
    ["a rollback", { restores: 3 }, ["    went back to generation 3"]],
    ["a rollback to the beginning", { restores: 0, parent: 0 }, [
      "    went back to what was there before pitboot",
      "    pitboot rollback 7 comes back here; before it was what was there before pitboot",
    ]],
    [
      "another boot/script.ipxe",
      { bootScript: { before: "a".repeat(64), after: "b".repeat(64) } },
      [
        "    boot/script.ipxe aaaaaaaaaaaa -> bbbbbbbbbbbb",
      ],
    ],
    ["a failure", changes({ failed: "no space left" }), ["    failed         no space left"]],
    ["a new directory", changes({ before: null }), [
      "    state          no directory -> online",
      "    release        - -> 1.6.2",
    ]],
    ["one that is gone", changes({ after: null }), [
      "    state          online -> no directory",
      "    release        1.6.1 -> -",
      "    script.ipxe    0123456789ab -> -",
    ]],
    ["offline", changes({ after: { ...OLD, offline: true } }), [
      "    state          online -> offline",
    ]],
    ["other links to the same release", changes({ after: { ...OLD, rootfs: "../1/s" } }), [
      "    rootfs         ../1/r -> ../1/s",
    ]],
    ["an edited script", changes({ after: { ...OLD, script: { sha256: "0123", edited: true } } }), [
      "    script.ipxe    0123456789ab -> 0123 (edited)",
    ]],
  ];
  for (const [name, generation, expected] of cases) {
    await t.step(name, () => {
      const lines = historyDetails({ ...RUN, ...generation }, TYPED);
      assertEquals(expected.filter((line) => !lines.includes(line)), [], lines.join("\n"));
    });
  }
});

Deno.test("the history prints nothing that a terminal would obey", () => {
  const evil = "\x1b]0;x\x07\r\n\u202e\x9b31m";
  const state: BootState = {
    release: evil,
    kernel: evil,
    initrd: evil,
    rootfs: evil,
    offline: false,
    script: { sha256: evil, edited: true },
  };
  const generation: Generation = {
    ...RUN,
    who: evil,
    command: `pitboot run ${evil},x`,
    begun: evil,
    bootScript: { before: evil, after: evil },
    changes: [{ nodes: ["ncn-w001"], before: OLD, after: state, failed: evil }],
  };
  const same = {
    ...generation,
    changes: [{ ...UPDATE, before: { ...state, kernel: "k" }, after: state }],
  };
  for (
    const lines of [
      historyTable([generation], Infinity),
      historyDetails(generation, TYPED),
      historyDetails(same, TYPED),
    ]
  ) {
    for (const line of lines) {
      // deno-lint-ignore no-control-regex
      assert(!/[\x00-\x1f\x7f-\x9f\u202e]/.test(line), JSON.stringify(line));
    }
  }
});
