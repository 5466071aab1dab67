import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CheckSetCheck, type Learned } from "../../../lib/bmc/check_set_check.ts";
import type { Finding } from "../../../lib/bmc/finding.ts";
import { SessionLost } from "../../../lib/bmc/session.ts";
import { FakeClock } from "../../fake_clock.ts";
import { FakeBmc, FakeSession, type Kind, type Replies } from "../../fake_session.ts";

const NOTHING: Learned = {
  channel: null,
  suite: 17,
  code: null,
  hasWritten: false,
  hasCommitted: false,
  hasCompleted: false,
  trouble: null,
};
const SWITCHED: readonly Kind[] = [
  "channel",
  "source",
  "begin",
  "write",
  "commit",
  "complete",
  "source",
];

interface Given {
  readonly replies?: Replies;
  readonly known?: Partial<Learned>;
  readonly reset?: boolean;
  /** Seconds until its time is over. */
  readonly timeout?: number;
}

interface Seen {
  readonly finding: Finding | null;
  readonly bmc: FakeBmc;
  readonly known: Learned;
}

/** One session, on a clock that does not take time. */
async function check({ replies = {}, known = {}, reset = false, timeout = 30 }: Given): Promise<
  Seen
> {
  const clock = new FakeClock();
  const end = new AbortController();
  clock.later(timeout * 1000, () => end.abort());
  const bmc = new FakeBmc(replies);
  const session = new FakeSession(bmc, {}, end.signal);
  const all = { ...NOTHING, ...known };
  const options = { reset, signal: end.signal, later: clock.later };
  const finding = new CheckSetCheck(session, all, options).run().catch((error) => {
    if (error instanceof SessionLost) return null;
    throw error;
  });
  await clock.advance(timeout * 1000);
  return { finding: await finding, bmc, known: all };
}

Deno.test("CheckSetCheck switches a BMC, and leaves alone one that is on DHCP", async (t) => {
  const cases: [name: string, given: Given, state: string, asked: readonly Kind[]][] = [
    ["static", {}, "changed", SWITCHED],
    ["on DHCP", { replies: { source: [[0x11, 2]] } }, "already", ["channel", "source", "progress"]],
    [
      "on DHCP, but a change of it was never completed",
      { replies: { source: [[0x11, 2]], progress: [[0x11, 1]] } },
      "changed",
      ["channel", "source", "progress", "commit", "complete"],
    ],
    [
      "on DHCP, as an earlier session has told it",
      { replies: { source: [[0x11, 2]] }, known: { channel: 1, hasWritten: true } },
      "changed",
      ["source", "commit", "complete"],
    ],
    [
      "and told it to act on it",
      {
        replies: { source: [[0x11, 2]] },
        known: { channel: 1, hasWritten: true, hasCommitted: true },
      },
      "changed",
      ["source", "complete"],
    ],
    [
      "and that the change is complete",
      {
        replies: { source: [[0x11, 2]] },
        known: { channel: 1, hasWritten: true, hasCommitted: true, hasCompleted: true },
      },
      "changed",
      ["source"],
    ],
    [
      "as an earlier session has told it to the end, but it shows another address",
      { known: { channel: 1, hasWritten: true, hasCommitted: true, hasCompleted: true } },
      "changed",
      ["source", "begin", "write", "commit", "complete", "source"],
    ],
    [
      "it does not hear that it shall act on it",
      { replies: { commit: ["silent", []] } },
      "changed",
      [...SWITCHED, "commit"],
    ],
    [
      "it does not hear that the change is complete",
      { replies: { complete: ["silent", []] } },
      "changed",
      [...SWITCHED, "complete"],
    ],
    [
      "what is said around the setting is unknown to it",
      { replies: { begin: [0x80], commit: [0x80], complete: [0x80], progress: [0x80] } },
      "changed",
      SWITCHED,
    ],
    [
      "it refuses the setting, and has it",
      { replies: { write: [0xff], source: [[0x11, 1], [0x11, 2]] } },
      "changed",
      ["channel", "source", "begin", "write", "source", "commit", "complete", "source"],
    ],
  ];
  for (const [name, given, state, asked] of cases) {
    await t.step(name, async () => {
      const { finding, bmc, known } = await check(given);
      assertEquals(finding, { state, reason: null, message: null } as Finding);
      assertEquals(bmc.asked, asked);
      assertEquals([known.channel, known.code, known.trouble], [1, 0, null]);
    });
  }
});

Deno.test("CheckSetCheck finds the channel, or takes the one that is named", async (t) => {
  const cases: [name: string, given: Given, channel: number, lines: string[]][] = [
    ["its own", { replies: { channel: [[3, 4]] } }, 3, ["raw 0x06 0x42 0x0e"]],
    ["the usual ones", { replies: { channel: [0xcc, [1, 5], [3, 4]] } }, 3, [
      "raw 0x06 0x42 0x0e",
      "raw 0x06 0x42 0x01",
      "raw 0x06 0x42 0x03",
    ]],
    ["named", { known: { channel: 2 } }, 2, []],
  ];
  for (const [name, given, channel, lines] of cases) {
    await t.step(name, async () => {
      const { bmc, known } = await check(given);
      assertEquals(known.channel, channel);
      assertEquals(bmc.lines.filter((line) => line.startsWith("raw 0x06 0x42")), lines);
      const written = bmc.lines.filter((line) => line.endsWith("0x04 0x02"));
      assertEquals(written, [`raw 0x0c 0x01 0x0${channel} 0x04 0x02`]);
    });
  }
});

Deno.test("CheckSetCheck persists with a BMC that is busy, and believes a refusal", async (t) => {
  const cases: [name: string, given: Given, ...Finds][] = [
    ["busy, twice", { replies: { write: [0xc0, 0xc0, []] } }, "changed", null, null, 0],
    ["an invalid field, once", { replies: { write: [0xcc, []] } }, "changed", null, null, 0],
    ["starting", { replies: { channel: [0xd2, 0xd2, [1, 4]] } }, "changed", null, null, 0],
    ["late to show it", { replies: { source: [[0x11, 1], [0x11, 1], [0x11, 2]] } }, ...DONE],
    [
      "read-only",
      { replies: { write: [0x82] } },
      "failed",
      "refused",
      /^refused \(code 0x82: read-only\)$/,
      0x82,
    ],
    [
      "no privilege to write",
      { replies: { write: [0xd4] } },
      "denied",
      "refused-role",
      /^refused \(code 0xd4: insufficient privilege\)$/,
      0xd4,
    ],
    [
      "no privilege to read",
      { replies: { source: [0xd4] } },
      "denied",
      "refused-role",
      /^refused \(code 0xd4/,
      0xd4,
    ],
    [
      "no channel",
      { replies: { channel: [0xc1] } },
      "failed",
      "no-channel",
      /^the BMC does not say which LAN channel/,
      0xc1,
    ],
    [
      "no word of the source",
      { replies: { source: [0xc1] }, known: { channel: 3 } },
      "failed",
      "no-source",
      /^channel 3: cannot read where its address comes from: it refused \(code 0xc1: .*\)$/,
      0xc1,
    ],
    [
      "another word of the source",
      { replies: { source: [[0x11]] }, known: { channel: 2 } },
      "failed",
      "no-source",
      /^channel 2: .* it says something else$/,
      0,
    ],
  ];
  for (const [name, given, state, reason, message, code] of cases) {
    await t.step(name, async () => {
      const { finding, known } = await check(given);
      assertEquals([finding?.state, finding?.reason, known.code], [state, reason, code]);
      if (message) assertMatch(finding?.message ?? "", message);
    });
  }
});

Deno.test("CheckSetCheck tells what it waited for when its time is over", async (t) => {
  const cases: [name: string, replies: Replies, reason: string, message: RegExp, sent: boolean][] =
    [
      [
        "busy for ever",
        { write: [0xc0] },
        "busy",
        /timeout was reached \(code 0xc0: node busy\)$/,
        true,
      ],
      ["not kept", { source: [[0x11, 1]] }, "not-kept", /but did not keep it$/, true],
      ["busy at once", { channel: [0xc0] }, "busy", /node busy/, false],
    ];
  for (const [name, replies, reason, message, sent] of cases) {
    await t.step(name, async () => {
      const { finding, bmc, known } = await check({ replies, timeout: 10 });
      assertEquals(finding, null, "the session ends");
      assertEquals(known.trouble?.reason, reason);
      assertMatch(known.trouble?.message ?? "", message);
      assertEquals([known.hasWritten, bmc.asked.includes("write")], [sent, sent]);
    });
  }
});

Deno.test("CheckSetCheck keeps what it has done when the session is lost", async (t) => {
  const cases: [name: string, replies: Replies, done: string][] = [
    ["at the channel", { channel: ["lost"] }, ""],
    ["silent at the channel", { channel: ["silent"] }, ""],
    ["before the setting", { begin: ["lost"] }, ""],
    ["at the setting", { write: ["lost"] }, "written"],
    ["silent at the setting", { write: ["silent"] }, "written"],
    ["at the commit", { commit: ["lost"] }, "written"],
    ["silent at the commit, and then", { commit: ["silent"], complete: ["lost"] }, "written"],
    ["after the commit", { complete: ["lost"] }, "written, committed"],
    [
      "silent at the end, and then",
      { complete: ["silent"], source: [[0x11, 1], "silent"] },
      "written, committed",
    ],
    [
      "at the second look",
      { source: [[0x11, 1], "lost"] },
      "written, committed, completed",
    ],
  ];
  for (const [name, replies, done] of cases) {
    await t.step(name, async () => {
      const { finding, known } = await check({ replies });
      assertEquals(finding, null, "the session ends");
      const { hasWritten, hasCommitted, hasCompleted } = known;
      const said = [
        hasWritten && "written",
        hasCommitted && "committed",
        hasCompleted && "completed",
      ];
      assertEquals(said.filter(Boolean).join(", "), done);
    });
  }
});

Deno.test("CheckSetCheck takes a refused setting for not sent", async () => {
  const { bmc, known } = await check({ replies: { write: [0x82] } });
  assertEquals(known.hasWritten, false);
  assertEquals(bmc.asked.at(-1), "complete", "the change that was begun is ended");
});

Deno.test("CheckSetCheck resets a BMC, and says what it was before", async (t) => {
  const dhcp = { source: [[0x11, 2]] } as const;
  const cases: [name: string, replies: Replies, ...Finds][] = [
    ["on DHCP", dhcp, "reset", null, /^was on DHCP already$/, 0],
    ["static", {}, "reset", null, /^switched to DHCP first$/, 0],
    ["gone before it answers", { ...dhcp, reset: ["silent"] }, "reset", null, /^was on/, 0],
    [
      "it refuses",
      { ...dhcp, reset: [0xc1] },
      "failed",
      "not-reset",
      /^was on DHCP already; it refused to be reset \(code 0xc1: .*\)$/,
      0xc1,
    ],
    [
      "it does not keep the setting",
      { source: [[0x11, 1]] },
      "reset",
      null,
      /^did not keep the setting$/,
      0,
    ],
    [
      "it shows the setting late",
      { source: [[0x11, 1], [0x11, 1], [0x11, 1], [0x11, 2]] },
      "reset",
      null,
      /^switched to DHCP first$/,
      0,
    ],
    [
      "it is busy to the end",
      { write: [0xc0] },
      "reset",
      null,
      /^did not take the setting \(code 0xc0: node busy\)$/,
      0,
    ],
  ];
  for (const [name, replies, state, reason, message, code] of cases) {
    await t.step(name, async () => {
      const { finding, bmc, known } = await check({ replies, reset: true });
      assertEquals([finding?.state, finding?.reason, known.code], [state, reason, code]);
      assertMatch(finding?.message ?? "", message ?? /^$/);
      assertEquals(bmc.asked.at(-1), "reset");
    });
  }
});

Deno.test("CheckSetCheck resets no BMC that refuses the setting for good", async () => {
  const { finding, bmc } = await check({ replies: { write: [0x82] }, reset: true });
  assertEquals([finding?.reason, bmc.asked.includes("reset")], ["refused", false]);
});

Deno.test("CheckSetCheck hands on every other error", async () => {
  const session = { ask: () => Promise.reject(new TypeError("a fault of ours")) };
  const signal = new AbortController().signal;
  const options = { reset: false, signal, later: new FakeClock().later };
  await assertRejects(() => new CheckSetCheck(session, { ...NOTHING }, options).run(), TypeError);
});

type Finds = [state: string, reason: string | null, message: RegExp | null, code: number];

const DONE = ["changed", null, null, 0] as const;
