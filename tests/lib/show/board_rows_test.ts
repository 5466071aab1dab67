import { assert, assertEquals } from "@std/assert";
import { boardRows, clipRange } from "../../../lib/show/board_rows.ts";
import { clock } from "../../../lib/text/clock.ts";
import type { Event } from "../../../lib/document/event.ts";
import { noProgress, type Progress, progressAfter } from "../../../lib/show/progress.ts";
import type { BmcReason, BmcState } from "../../../mod.ts";
import { NINE_NODES, NINETY_NINE_NODES } from "../../../tools/pit/make_pit.ts";

/** Without the PIT. */
const [NINE_BMCS, NINETY_NINE_BMCS] = [NINE_NODES.slice(1), NINETY_NINE_NODES.slice(1)];

/** How far the work is after events, each at a second of its own. */
function after(...events: readonly [seconds: number, ...events: Event[]][]): Progress {
  return events.flatMap(([seconds, ...each]) => each.map((event) => [seconds, event] as const))
    .reduce(
      (progress, [seconds, event]) => progressAfter(progress, event, seconds * 1000),
      noProgress(),
    );
}

type Asked = Extract<Event, { what: "asked" }>;

function setting(nodes: readonly string[]): Event {
  return { what: "setting", conman: "/etc/conman.conf", nodes };
}

function asked(node: string, state: BmcState, reason: BmcReason | null = null): Asked {
  const message = null;
  return {
    what: "asked",
    node,
    address: "10.254.1.2",
    state,
    reason,
    by: null,
    message,
    seconds: 1,
  };
}

function waiting(all: number, missing: readonly string[], left: number | null): Event {
  return { what: "waiting", missing, leased: all - missing.length, expected: all, left };
}

const [M2 = "", M3 = "", W1 = "", W2 = "", W3 = "", W4 = "", S1 = "", S2 = "", S3 = ""] = NINE_BMCS;

const NINE_BUSY = after(
  [0, setting(NINE_BMCS), asked(M2, "already"), asked(M3, "changed"), asked(W1, "changed")],
  [1, asked(W2, "changed"), asked(S1, "reset"), asked(W3, "unreachable"), asked(S2, "denied")],
  [2, waiting(9, [W1, W2, W3, W4, S1, S2, S3], null)],
  [3, { what: "lease", node: W1, ip: "10.254.1.8", leased: 3, expected: 9 }],
  [4, { what: "linked", node: W1, release: "1.6.2", change: "created" }],
);

Deno.test("boardRows() shows how far the work is", async (t) => {
  const set = after(
    ...NINE_BMCS.map((node, i): [number, Event] => [
      i,
      i === 0 ? setting(NINE_BMCS) : asked(node, "changed"),
    ]),
    [9, asked(M2, "changed"), waiting(9, [W3], 821)],
  );
  const cases: [name: string, progress: Progress, columns: number, now: number, string[]][] = [
    ["nothing", noProgress(), 79, 0, []],
    ["BMCs", after([0, setting(NINE_BMCS), asked(W3, "failed", "not-kept")]), 79, 12, [
      "BMCs    1 of 9   not kept 1" + " ".repeat(48) + "0:12",
      "  not kept   ncn-w003",
      "  waiting for ncn-m[002-003],ncn-s[001-003],ncn-w[001-002,004]",
    ]],
    ["BMCs, leases and nodes", NINE_BUSY, 79, 27, [
      "BMCs    7 of 9   switched 5  no answer 1  refused 1" + " ".repeat(24) + "0:27",
      "leases  3 of 9   ███████░░░░░░░░░░░░░░  last came 0:24 ago",
      "nodes   1 of 9 ready",
      "  no answer   ncn-w003      refused   ncn-s002",
      "  waiting for ncn-s[001,003],ncn-w[002,004]",
    ]],
    [
      "BMCs whose IPMI is off",
      after(
        [0, setting(NINE_BMCS), asked(M2, "changed"), { ...asked(M3, "reset"), by: "redfish" }],
        [1, { ...asked(W1, "already"), by: "redfish" }, asked(W2, "unreachable", "ipmi-off")],
      ),
      79,
      12,
      [
        "BMCs    4 of 9   switched 1  by Redfish 2  IPMI off 1" + " ".repeat(22) + "0:12",
        "  IPMI off   ncn-w002",
        "  waiting for ncn-s[001-003],ncn-w[003-004]",
      ],
    ],
    [
      "BMCs whose IPMI is to be turned on",
      after([0, { what: "enabling", nodes: [M2, M3] }, asked(M2, "reset")]),
      79,
      12,
      ["BMCs    1 of 2   IPMI on 1" + " ".repeat(49) + "0:12", "  waiting for ncn-m003"],
    ],
    ["only counts where there is no room", NINE_BUSY, 39, 27, [
      "BMCs    7 of 9                     0:27",
      "leases  3 of 9",
      "nodes   1 of 9 ready",
      "  no answer 1  refused 1",
    ]],
    ["all BMCs are set", set, 79, 9, [
      "BMCs    9 of 9   switched 9",
      "leases  8 of 9   ██████████████████░░░  13:41 left",
      "  waiting for ncn-w003",
    ]],
    ["leases alone", after([0, waiting(9, [W3], 90)]), 79, 10.5, [
      "leases  8 of 9   ██████████████████░░░  1:20 left",
      "  waiting for ncn-w003",
    ]],
    [
      "the last lease",
      after([0, waiting(9, [W3], 90)], [1, { what: "leased", expected: 9 }]),
      79,
      2,
      [
        "leases  9 of 9   █████████████████████  1:28 left",
      ],
    ],
    [
      "a lease that ended",
      after([0, waiting(9, [W3], 90)], [1, {
        what: "lease-ended",
        node: W1,
        leased: 7,
        expected: 9,
      }]),
      39,
      2,
      ["leases  7 of 9  1:28 left"],
    ],
  ];
  for (const [name, progress, columns, now, rows] of cases) {
    await t.step(name, () => assertEquals(boardRows(progress, columns, now * 1000), rows));
  }
});

Deno.test("boardRows() has room for 99 nodes", async (t) => {
  const states: readonly BmcState[] = ["changed", "unreachable", "denied", "failed", "unknown"];
  const progress = after(
    [0, setting(NINETY_NINE_BMCS)],
    ...NINETY_NINE_BMCS.map((node, i): [number, Event] => [
      1,
      asked(node, states[i % 5] ?? "failed", i % 2 ? "not-kept" : "refused"),
    ]),
    [2, waiting(99, NINETY_NINE_BMCS.filter((_, i) => i % 11), 800)],
    [3, { what: "linked", node: M2, release: null, change: "updated" }],
  );
  for (const columns of [79, 39, 199]) {
    await t.step(`${columns} columns`, () => {
      const rows = boardRows(progress, columns, 4000);
      assert(rows.length <= 6, rows.join("\n"));
      assertEquals(rows.filter((row) => row.length > columns), []);
      assertEquals(rows.slice(0, 3).map((row) => row.slice(0, 16)), [
        "BMCs    99 of 99",
        "leases  9 of 99 ",
        "nodes   1 of 99 ",
      ]);
    });
  }
  assertEquals(boardRows(progress, 79, 4000).slice(3), [
    "  no answer   ncn-m[003,…   refused   ncn-m[004,…     not kept   ncn-m005,…",
    "  failed   ncn-s016,…       unknown   ncn-m006,…",
    "  waiting for ncn-m007,ncn-s[003,008,013],ncn-w[003,008,013,018,023,028,033,…",
  ]);
});

Deno.test("clipRange() cuts between words", () => {
  const range = "ncn-m[002-003],ncn-w[001-003,005,007]";
  const cases: [width: number, text: string][] = [
    [37, range],
    [36, "ncn-m[002-003],ncn-w[001-003,005,…"],
    [33, "ncn-m[002-003],ncn-w[001-003,…"],
    [20, "ncn-m[002-003],…"],
    [16, "ncn-m[002-003],…"],
    [15, "ncn-m[002-003]…"],
    [14, "ncn-m[…"],
    [6, "ncn-m…"],
  ];
  assertEquals(cases.map(([width]) => clipRange(range, width)), cases.map(([, text]) => text));
  assertEquals([clipRange("ncn-w001", 8), clipRange("ncn-w001", 7)], ["ncn-w001", "ncn-w…"]);
});

Deno.test("clock() writes a length of time as clocks do", () => {
  const cases: [milliseconds: number, text: string][] = [
    [-5, "0:00"],
    [0, "0:00"],
    [1, "0:01"],
    [59_001, "1:00"],
    [821_000, "13:41"],
    [3_600_000, "1:00:00"],
    [7_265_000, "2:01:05"],
  ];
  assertEquals(cases.map(([time]) => clock(time)), cases.map(([, text]) => text));
});
