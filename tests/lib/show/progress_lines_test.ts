import { assertEquals } from "@std/assert";
import type { Event } from "../../../lib/document/event.ts";
import { noProgress, progressAfter } from "../../../lib/show/progress.ts";
import { progressTeller, spoken } from "../../../lib/show/progress_lines.ts";
import type { BmcState } from "../../../mod.ts";

/** What is said of events, each at a second of its own. */
function told(
  events: readonly (readonly [seconds: number, event: Event])[],
  { hasBoard = false } = {},
): string[] {
  const teller = progressTeller(() => hasBoard);
  let progress = noProgress();
  return events.flatMap(([seconds, event]) => {
    progress = progressAfter(progress, event, seconds * 1000);
    return teller(event, progress, seconds * 1000);
  });
}

function asked(node: string, state: BmcState, message: string | null = null): Event {
  const reason = message === null ? null : "silent";
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

function waiting(missing: readonly string[], left: number | null): Event {
  return { what: "waiting", missing, leased: 3 - missing.length, expected: 3, left };
}

const NODES = ["ncn-s001", "ncn-w001", "ncn-w002"];
const SETTING: Event = { what: "setting", conman: "/etc/conman.conf", nodes: NODES };
const ASKED: readonly (readonly [number, Event])[] = [
  [0, SETTING],
  [1, asked("ncn-s001", "changed")],
  [2, asked("ncn-w002", "denied", "the BMC refused user or password")],
  [3, asked("ncn-w001", "unreachable", "no answer")],
];
const LEASES: readonly (readonly [number, Event])[] = [
  [0, waiting(NODES, 900)],
  [1, { what: "lease", node: "ncn-w001", ip: "10.254.1.8", leased: 1, expected: 3 }],
  [2, { what: "lease-ended", node: "ncn-w001", leased: 0, expected: 3 }],
  [3, { what: "leases-gone", leases: "/leases", isThere: false }],
  [4, { what: "leases-gone", leases: "/leases", isThere: true }],
];
const LOST = [
  "ncn-w001-mgmt has lost its lease (0 of 3)",
  "/leases does not exist: no leases yet (systemctl status dnsmasq)",
  "no BMC has a lease in /leases any more (systemctl status dnsmasq)",
];
const FAULTS = [
  "ncn-w002-mgmt (10.254.1.2): the BMC refused user or password",
  "ncn-w001-mgmt (10.254.1.2): no answer",
];

Deno.test("progressTeller() tells of BMCs that are set, and of each that is not", () => {
  assertEquals(told(ASKED), [
    "switching 3 BMCs to DHCP: ncn-s001,ncn-w[001-002]",
    ...FAULTS,
    "1 of 3 BMCs is switched to DHCP",
  ]);
});

Deno.test("progressTeller() tells of leases", () => {
  assertEquals(told(LEASES), [
    "waiting up to 15 min for 3 BMCs: ncn-s001,ncn-w[001-002]",
    "ncn-w001-mgmt has a lease: 10.254.1.8 (1 of 3)",
    ...LOST,
  ]);
});

Deno.test("progressTeller() says which nodes have become ready in a run", () => {
  const linked = { what: "linked", node: "ncn-w001", release: "1.6.2" } as const;
  const ready: Event = { ...linked, change: "created" };
  assertEquals(told([[0, ready]]), []);
  assertEquals(told([...LEASES, [9, ready]]).slice(2 + LOST.length), [
    "ncn-w001 is ready: 1.6.2 (1 of 3)",
  ]);
  for (const change of ["unchanged", "failed"] as const) {
    assertEquals(told([...LEASES, [9, { ...linked, change }]]).slice(2 + LOST.length), []);
  }
});

Deno.test("progressTeller() leaves to the board what that shows", () => {
  assertEquals(told([...ASKED, ...LEASES], { hasBoard: true }), [...FAULTS, ...LOST]);
});

Deno.test("progressTeller() says every minute who is still waited for", async (t) => {
  const every10 = Array.from({ length: 19 }, (_, i) => i * 10);
  await t.step("the time runs", () => {
    const events = every10.map((at) => [at, waiting(["ncn-w001"], 900 - at)] as const);
    assertEquals(told(events), [
      "waiting up to 15 min for 1 BMC: ncn-w001",
      "still waiting for 1 of 3 BMCs, 14 min left: ncn-w001",
      "still waiting for 1 of 3 BMCs, 13 min left: ncn-w001",
      "still waiting for 1 of 3 BMCs, 12 min left: ncn-w001",
    ]);
  });
  await t.step("BMCs are being set for a long time", () => {
    const events = every10.map((at) =>
      [at, waiting(["ncn-w001"], at < 100 ? null : 1000 - at)] as const
    );
    assertEquals(told([[0, SETTING], ...events]), [
      "switching 3 BMCs to DHCP: ncn-s001,ncn-w[001-002]",
      "still waiting for 1 of 3 BMCs: ncn-w001",
      "waiting up to 15 min for 1 BMC: ncn-w001",
      "still waiting for 1 of 3 BMCs, 14 min left: ncn-w001",
    ]);
  });
  await t.step("no time is left", () => {
    assertEquals(told([[0, waiting(["ncn-w001"], 0)]]), []);
  });
  await t.step("nobody is missing", () => assertEquals(told([[0, waiting([], 900)]]), []));
});

Deno.test("progressTeller() says why nobody can come any more", async (t) => {
  const hopeless = (...nodes: string[]): readonly [number, Event] => [
    70,
    { what: "hopeless", nodes, seconds: 60 },
  ];
  const cases: [name: string, events: (readonly [number, Event])[], line: string][] = [
    [
      "one cause",
      [...ASKED, hopeless("ncn-w001")],
      "giving up on ncn-w001 after 60 s without a change: no answer",
    ],
    [
      "several",
      [...ASKED, hopeless("ncn-w001", "ncn-w002")],
      "giving up on ncn-w[001-002] after 60 s without a change: no answer ncn-w001, refused ncn-w002",
    ],
    [
      "some were not asked",
      [...ASKED, hopeless("ncn-w002", "ncn-w007", "ncn-w008")],
      "giving up on ncn-w[002,007-008] after 60 s without a change: refused ncn-w002, skipped ncn-w[007-008]",
    ],
    [
      "one of which nothing is known",
      [hopeless("ncn-w001")],
      "giving up on ncn-w001 after 60 s without a change: its BMC is not switched to DHCP",
    ],
  ];
  for (const [name, events, line] of cases) {
    await t.step(name, () => assertEquals(told(events).at(-1), line));
  }
});

Deno.test("spoken() says a length of time in words", () => {
  const cases: [seconds: number, words: string][] = [
    [0, "0 s"],
    [90, "90 s"],
    [120, "2 min"],
    [900, "15 min"],
    [7199, "120 min"],
    [7200, "2 h"],
  ];
  assertEquals(cases.map(([seconds]) => spoken(seconds)), cases.map(([, words]) => words));
});

Deno.test("progressTeller() tells how nodes are switched, and nothing of those looked at", () => {
  const tell = progressTeller(() => false);
  const lines = (event: Event): string[] => tell(event, noProgress(), 0);
  const nodes = ["ncn-w001", "ncn-w002"];
  const powered = {
    what: "powered",
    node: "ncn-w001",
    address: "10.254.1.8",
    wish: "on",
    power: "on",
    by: "ipmi",
    message: null,
    seconds: 7.25,
  } as const;
  assertEquals(lines({ what: "powering", wish: "on", nodes }), ["switching on: ncn-w[001-002]"]);
  assertEquals(lines({ what: "powering", wish: "status", nodes }), []);
  assertEquals(lines(powered), ["ncn-w001: on (7.3 s)"]);
  assertEquals(lines({ ...powered, power: "failed", message: "told always, keeps once" }), [
    "ncn-w001: told always, keeps once (7.3 s)",
  ]);
  assertEquals(lines({ ...powered, wish: "status" }), []);
});
