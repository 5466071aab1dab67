import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { setBmcToDhcp, type SetOptions } from "../../../lib/bmc/set_bmc_to_dhcp.ts";
import { found } from "../../../lib/bmc/finding.ts";
import type { OtherWay } from "../../../lib/bmc/other_way.ts";
import type { Bmc } from "../../../lib/document/document.ts";
import type { RedfishSight } from "../../../lib/redfish/probe.ts";
import { FakeClock } from "../../fake_clock.ts";
import { FakeBmc, opener, type Opening, type Replies } from "../../fake_session.ts";

const TARGET = {
  name: "ncn-w001-mgmt",
  node: "ncn-w001",
  address: "10.254.1.8",
  port: null,
  user: "root",
  key: "kgkey0",
  mac: null,
};
const NO_SESSION = "Error: Unable to establish IPMI v2 / RMCP+ session\n";
const DEAD: Opening = { said: `Get Auth Capabilities error\n${NO_SESSION}`, fails: "lost" };
const SILENT: Opening = { said: NO_SESSION, fails: "lost" };
const FULL: Opening = { said: `insufficient resources for session\n${NO_SESSION}`, fails: "lost" };
const MISMATCH: Opening = { said: `> RAKP 2 HMAC is invalid\n${NO_SESSION}`, fails: "lost" };
const NO_SUITE: Opening = { said: `Unsupported cipher suite ID : 17\n`, fails: "lost" };
const HANGS: Opening = { fails: "hangs" };
const LEVEL = "Set Session Privilege Level to ADMINISTRATOR failed";
const TOO_LOW: Opening = { said: `${LEVEL}: Unknown (0x81)\n${NO_SESSION}`, fails: "lost" };
const LOST: Opening = {
  said:
    `> Error: no response from RAKP 3 message\n${LEVEL}: Insufficient privilege level\n${NO_SESSION}`,
  fails: "lost",
};
const NO_KEY: Opening = {
  said: `> RAKP 4 message has invalid integrity check value\n${NO_SESSION}`,
  fails: "lost",
};
const KILLED = found("ipmitool-died", "ipmitool was ended by SIGKILL");
const NAMES_17 = "Using best available cipher suite 17\n";

interface Scene {
  readonly replies?: Replies;
  readonly openings?: readonly Opening[];
  readonly options?: Partial<SetOptions>;
  /** Second of a ^C. */
  readonly interrupt?: number;
}

interface Ended {
  readonly bmc: Bmc;
  readonly tried: readonly (readonly [suite: number | null, patience: number])[];
  readonly asked: readonly string[];
  readonly opened: number;
  /** The processes that nothing ended. */
  readonly hanging: readonly number[];
  /** Whether all sessions are closed, and no timer is left. */
  readonly isClean: boolean;
}

/** One BMC, tried to its end on a clock that does not take time. */
async function play({ replies, openings, options, interrupt }: Scene): Promise<Ended> {
  const clock = new FakeClock();
  const interrupted = new AbortController();
  if (interrupt !== undefined) clock.later(interrupt * 1000, () => interrupted.abort());
  const fake = new FakeBmc(replies);
  const { open, sessions, tried } = opener(fake, openings);
  let opened = 0;
  const hanging: number[] = [];
  const result = setBmcToDhcp(TARGET, {
    password: "initial0",
    path: undefined,
    ignoresHangup: false,
    cipher: null,
    channel: null,
    reset: false,
    onlyIpmi: false,
    timeout: 30,
    crowd: 1,
    signal: interrupted.signal,
    later: clock.later,
    open,
    log: () => {},
    onOpen: () => opened++,
    giveWay: () => Promise.resolve(),
    onHang: (pid) => hanging.push(pid),
    mayTry: () => Promise.resolve(true),
    otherWay: otherWay(null),
    ...options,
  });
  await clock.advance(60_000);
  const bmc = await result;
  const isClean = sessions.every(({ isClosed }) => isClosed) && clock.waiting === 0;
  return { bmc, tried, asked: fake.asked, opened, hanging, isClean };
}

/** The way by Redfish, on which this is seen. */
function otherWay(sight: RedfishSight | null, mode: OtherWay["mode"] = "auto"): OtherWay {
  return {
    mode,
    look: () => Promise.resolve(sight),
    set: () => Promise.resolve({ state: "reset", reason: null, message: "by another way" }),
  };
}

Deno.test("setBmcToDhcp() says what became of a BMC", async (t) => {
  const cases: [
    name: string,
    scene: Scene,
    state: string,
    reason: string | null,
    message: RegExp | null,
    tried: [suite: number | null, patience: number][],
  ][] = [
    ["at once", { openings: [{ said: NAMES_17 }] }, "changed", null, null, [[null, 0]]],
    [
      "dead to the end",
      { openings: Array(9).fill(DEAD) },
      "unreachable",
      "no-answer",
      /^no answer$/,
      Array(6).fill([null, 0]),
    ],
    ["starting", { openings: [DEAD, DEAD] }, "changed", null, null, [[null, 0], [null, 0], [
      null,
      0,
    ]]],
    [
      "ipmitool is ended each time",
      {
        openings: Array(3).fill({ said: NAMES_17, fails: "lost", mishap: KILLED }),
      },
      "failed",
      "ipmitool-died",
      /^ipmitool was ended by SIGKILL$/,
      [[null, 0], [null, 0], [null, 0]],
    ],
    [
      "ipmitool is ended once, in the session",
      { openings: [{ mishap: KILLED }], replies: { channel: ["lost", [1, 4]] } },
      "changed",
      null,
      null,
      [[null, 0], [null, 0]],
    ],
    [
      "what it said counts more than its end",
      { openings: [{ ...TOO_LOW, mishap: KILLED }] },
      "denied",
      "refused-role",
      null,
      [[null, 0]],
    ],
    [
      "ipmitool hangs in the kernel",
      { openings: [{ fails: "hangs", hanging: 77 }] },
      "failed",
      "ipmitool-hangs",
      /^ipmitool \(process 77\) does not end$/,
      [[null, 0]],
    ],
    [
      "ipmitool hangs in the kernel, and the BMC has moved",
      { openings: [{ hanging: 77 }], replies: { write: ["lost"] } },
      "unknown",
      "session-lost",
      null,
      [[null, 0]],
    ],
    [
      "nothing is ever heard",
      { openings: [HANGS] },
      "unreachable",
      "timed-out",
      /^no answer within 30 s$/,
      [[null, 0]],
    ],
    [
      "a wrong password",
      { openings: [MISMATCH] },
      "denied",
      "refused-password",
      /^the BMC refused user or password$/,
      [[null, 0]],
    ],
    [
      "the only suite is refused",
      { openings: [NO_SUITE], options: { cipher: 17 } },
      "failed",
      "no-suite",
      /^the BMC refused every cipher suite/,
      [[17, 0]],
    ],
    [
      "it answers late",
      { openings: [SILENT, SILENT] },
      "changed",
      null,
      null,
      [[null, 0], [17, 0], [17, 1]],
    ],
    [
      "no free session, twice",
      { openings: [FULL, FULL] },
      "changed",
      null,
      null,
      [[null, 0], [3, 0], [3, 0]],
    ],
    [
      "no free session to the end",
      { openings: Array(9).fill(FULL) },
      "failed",
      "no-session",
      /^the BMC has no free session$/,
      [[null, 0], [3, 0], [3, 0], [3, 0], [3, 0], [3, 0]],
    ],
    [
      "no free session, and then nothing until its time is over",
      { openings: [FULL, HANGS] },
      "failed",
      "no-session",
      /^the BMC has no free session$/,
      [[null, 0], [3, 0]],
    ],
    [
      "busy to the end",
      { replies: { write: [0xc0] } },
      "failed",
      "busy",
      /^still refused when the timeout was reached \(code 0xc0: node busy\)$/,
      [[null, 0]],
    ],
    [
      "it forgets the setting",
      { replies: { source: [[0x11, 1]] } },
      "failed",
      "not-kept",
      /did not keep it$/,
      [[null, 0]],
    ],
    [
      "lost after the setting, and gone",
      { replies: { write: ["lost"] }, openings: [{}, DEAD] },
      "unknown",
      "session-lost",
      /^the session was lost after the setting was sent$/,
      [[null, 0], [3, 0]],
    ],
    [
      "lost after the setting, and seen again",
      { replies: { write: ["lost"], source: [[0x11, 1], [0x11, 2]] } },
      "changed",
      null,
      null,
      [[null, 0], [3, 0]],
    ],
    [
      "hangs after the setting",
      { replies: { write: ["hangs"] } },
      "unknown",
      "session-lost",
      null,
      [[null, 0]],
    ],
    [
      "open, then silent to the end",
      { replies: { channel: ["hangs"] } },
      "unreachable",
      "silent",
      /^stopped answering$/,
      [[null, 0]],
    ],
    [
      "^C",
      { openings: [HANGS], interrupt: 5 },
      "skipped",
      "interrupted",
      /^interrupted$/,
      [[null, 0]],
    ],
    [
      "^C after the setting",
      { replies: { write: ["hangs"] }, interrupt: 5 },
      "unknown",
      "session-lost",
      null,
      [[null, 0]],
    ],
    [
      "a user who may not be administrator",
      { openings: [TOO_LOW] },
      "denied",
      "refused-role",
      /^the BMC does not let this user be an administrator$/,
      [[null, 0]],
    ],
    [
      "no such command",
      { openings: [{ said: `${LEVEL}: Invalid command\n${NO_SESSION}`, fails: "lost" }] },
      "failed",
      "refused",
      /^refused \(invalid command\)$/,
      [[null, 0]],
    ],
    [
      "a lost packet, and what it makes of the rest",
      { openings: [LOST, LOST] },
      "changed",
      null,
      null,
      [[null, 0], [17, 0], [17, 1]],
    ],
    [
      "another K_g key",
      { openings: [{ ...NO_KEY, said: NAMES_17 + NO_KEY.said }, NO_KEY] },
      "denied",
      "no-key",
      /K_g key$/,
      [[null, 0], [3, 0]],
    ],
    [
      "words that nobody knows",
      { openings: [{ said: "no use for initial0, kgkey0\n", fails: "lost" }] },
      "failed",
      "not-understood",
      /^no use for \*{8}, \*{8}$/,
      [[null, 0]],
    ],
    [
      "no words at all",
      { openings: [{ fails: "lost" }] },
      "failed",
      "not-understood",
      /^ipmitool ended by itself/,
      [[null, 0]],
    ],
  ];
  for (const [name, scene, state, reason, message, tried] of cases) {
    await t.step(name, async () => {
      const ended = await play(scene);
      assertEquals([ended.bmc.state, ended.bmc.reason], [state, reason]);
      if (message) assertMatch(ended.bmc.message ?? "", message);
      else if (reason === null) assertEquals(ended.bmc.message, null);
      assertEquals(ended.tried, tried);
      assertEquals(ended.isClean, true);
    });
  }
});

Deno.test("setBmcToDhcp() falls back from cipher suite 17 to 3", async (t) => {
  const cases: [name: string, said: string][] = [
    ["it is refused", "Error in open session response message : no matching cipher suite"],
    ["it is an illegal parameter", "RAKP 2 message indicates an error : illegal parameter"],
    ["there is no answer to it", "Set Session Privilege Level to ADMINISTRATOR failed"],
    ["there is no answer to RAKP 1", "> Error: no response from RAKP 1 message"],
    ["its reckoning is wrong", "> RAKP 2 HMAC is invalid"],
  ];
  for (const [name, said] of cases) {
    await t.step(name, async () => {
      const opening: Opening = { said: `${NAMES_17}${said}\n${NO_SESSION}`, fails: "lost" };
      const { bmc, tried } = await play({ openings: [opening] });
      assertEquals([bmc.state, bmc.cipherSuite], ["changed", 3]);
      assertEquals(tried, [[null, 0], [3, 0]]);
    });
  }
});

Deno.test("setBmcToDhcp() takes it from a wrong K_g key that the password is right", async () => {
  const opened = async (...openings: Opening[]): Promise<number> =>
    (await play({ openings })).opened;
  assertEquals([await opened(NO_KEY), await opened(MISMATCH)], [1, 0]);
});

const ROOT = { managers: "/redfish/v1/Managers", systems: "/redfish/v1/Systems" };
const REDFISH: RedfishSight = { is: "redfish", root: ROOT };

Deno.test("setBmcToDhcp() goes by Redfish where IPMI gives no answer, and only there", async (t) => {
  const said = { state: "reset", reason: null, message: "by another way" };
  const dead = Array(9).fill(DEAD);
  const cases: [
    name: string,
    scene: Scene,
    way: OtherWay,
    expected: { state: string; reason: string | null; message: string | null },
    tries: number,
  ][] = [
    ["IPMI is off", { openings: dead }, otherWay(REDFISH), said, 1],
    [
      "Redfish is not to be used",
      { openings: dead },
      otherWay(REDFISH, "never"),
      found("ipmi-off"),
      6,
    ],
    ["no Redfish either", { openings: dead }, otherWay(null), found("no-answer"), 6],
    [
      "it is starting",
      { openings: dead },
      otherWay({ is: "again", reason: "starting" }),
      found("starting"),
      6,
    ],
    ["it refuses the password", { openings: [MISMATCH, MISMATCH] }, otherWay(REDFISH), {
      ...found("refused-password"),
    }, 1],
    ["a lossy line", { openings: [SILENT] }, otherWay(REDFISH), {
      state: "changed",
      reason: null,
      message: null,
    }, 2],
    [
      "it has gone after the write",
      { replies: { commit: ["lost"] }, openings: [{}, DEAD] },
      otherWay(REDFISH),
      found("session-lost"),
      2,
    ],
    ["Redfish only", {}, otherWay(null, "only"), said, 0],
  ];
  for (const [name, scene, way, { state, reason, message }, tries] of cases) {
    await t.step(name, async () => {
      const { bmc, tried, isClean } = await play({ ...scene, options: { otherWay: way } });
      assertEquals([bmc.state, bmc.reason, bmc.message], [state, reason, message]);
      assertEquals([tried.length, isClean], [tries, true]);
    });
  }
});

Deno.test("setBmcToDhcp() looks for no Redfish while IPMI answers", async () => {
  let looks = 0;
  const look = (): Promise<RedfishSight> => {
    looks++;
    return Promise.resolve(REDFISH);
  };
  const way = { ...otherWay(REDFISH), look };
  await play({ options: { otherWay: way } });
  await play({ openings: [MISMATCH, MISMATCH], options: { otherWay: way } });
  assertEquals(looks, 0);
  await play({ openings: [HANGS], options: { otherWay: way } });
  assertEquals(looks, 1);
});

Deno.test("setBmcToDhcp() says what it learned, and never the user", async () => {
  const { bmc, opened } = await play({ openings: [{ said: NAMES_17 }] });
  const { name, node, address, mac } = TARGET;
  assertEquals(bmc, {
    name,
    node,
    address,
    mac,
    state: "changed",
    reason: null,
    channel: 1,
    cipherSuite: 17,
    completionCode: 0,
    by: "ipmi",
    ipmi: null,
    seconds: 0,
    message: null,
  });
  assertEquals(opened, 1);
});

Deno.test("setBmcToDhcp() says what it learned of a BMC that was not switched", async () => {
  const { bmc } = await play({ replies: { write: [0x82] } });
  assertEquals([bmc.channel, bmc.completionCode, bmc.reason], [1, 0x82, "refused"]);
  const dead = await play({ openings: Array(9).fill(DEAD) });
  assertEquals([dead.bmc.channel, dead.bmc.completionCode, dead.opened], [null, null, 0]);
});

Deno.test("setBmcToDhcp() tells of an ipmitool that nothing ends, whatever came of the BMC", async () => {
  const { bmc, hanging } = await play({ openings: [{ hanging: 77 }] });
  assertEquals([bmc.state, hanging], ["changed", [77]]);
});

Deno.test("setBmcToDhcp() opens no session after ^C", async () => {
  const interrupted = AbortSignal.abort();
  const { bmc, tried } = await play({ options: { signal: interrupted } });
  assertEquals([bmc.reason, tried], ["interrupted", []]);
});

Deno.test("setBmcToDhcp() throws where ipmitool is not found, and stops its clock", async () => {
  const clock = new FakeClock();
  const open = (): never => {
    throw new Deno.errors.NotFound("ipmitool");
  };
  await assertRejects(() =>
    setBmcToDhcp(TARGET, {
      password: "initial0",
      path: undefined,
      ignoresHangup: false,
      cipher: null,
      channel: null,
      reset: false,
      onlyIpmi: false,
      timeout: 30,
      crowd: 1,
      signal: new AbortController().signal,
      later: clock.later,
      open,
      log: () => {},
      onOpen: () => {},
      mayTry: () => Promise.resolve(true),
      otherWay: otherWay(null),
      giveWay: () => Promise.resolve(),
      onHang: () => {},
    }), Deno.errors.NotFound);
  assertEquals(clock.waiting, 0);
});
