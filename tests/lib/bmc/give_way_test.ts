import { assert, assertEquals } from "@std/assert";
import { askAll, type Turn } from "../../../lib/bmc/ask_all.ts";
import type { AttemptOptions } from "../../../lib/bmc/attempts.ts";
import type { BmcTarget } from "../../../lib/bmc/bmc_targets.ts";
import { setBmcToDhcp } from "../../../lib/bmc/set_bmc_to_dhcp.ts";
import { powerOne } from "../../../lib/power/power_one.ts";
import { FakeClock } from "../../fake_clock.ts";
import { FakeBmc, FakeSession } from "../../fake_session.ts";
import { LOOK } from "../../power_aims.ts";

type Work = (target: BmcTarget, options: AttemptOptions & Turn) => Promise<{ state: string }>;

const DEAD = {
  said: "Get Auth Capabilities error\nError: Unable to establish IPMI v2 / RMCP+ session\n",
  fails: "lost",
} as const;
const NO_WAY = {
  mode: "never",
  look: () => Promise.resolve(null),
  set: () => Promise.reject(new Error("by Redfish")),
  visit: () => Promise.reject(new Error("by Redfish")),
} as const;
/** The nodes in the order in which they are done, and how often each was tried. */
async function inOrder(work: Work): Promise<[done: string[], tried: Map<string, number>]> {
  const clock = new FakeClock();
  const [done, tried]: [string[], Map<string, number>] = [[], new Map()];
  const { signal } = new AbortController();
  const targets = ["dead1", "dead2", "dead3", "living"].map((node) => {
    const login = { user: "root", key: null };
    return { name: `${node}-mgmt`, node, address: node, port: null, ...login, mac: null };
  });
  const options = {
    password: "initial0",
    path: undefined,
    ignoresHangup: false,
    cipher: null,
    timeout: 30,
    crowd: 2,
    signal,
    later: clock.later,
    open: ({ address }, { signal }) => {
      tried.set(address, (tried.get(address) ?? 0) + 1);
      return new FakeSession(new FakeBmc(), address === "living" ? {} : DEAD, signal);
    },
    log: () => {},
    onHang: () => {},
  } satisfies Omit<AttemptOptions, keyof Turn>;
  const pace = { fanout: 2, keepGoing: false, signal, elapsed: clock.elapsed, later: clock.later };
  const over = askAll(targets, pace, async (target, turn) => {
    const { state } = await work(target, { ...options, ...turn });
    done.push(target.node);
    return state;
  });
  await clock.advance(120_000);
  await over;
  assertEquals(clock.waiting, 0);
  return [done, tried];
}

Deno.test("a BMC that is silent gives its place to others, and is tried again", async (t) => {
  const works: Record<string, Work> = {
    "setBmcToDhcp()": (target, options) =>
      setBmcToDhcp(target, {
        ...options,
        onlyIpmi: false,
        channel: null,
        reset: false,
        otherWay: NO_WAY,
      }),
    "powerOne()": (target, { later, ...options }) => {
      const clocks = { later, elapsed: () => 0, now: () => 0, takeTurn: () => 0 };
      const pace = { timeout: 60, settle: 5, silence: 30, ...clocks };
      return powerOne(target, LOOK, { ...options, later, pace, otherWay: NO_WAY });
    },
  };
  for (const [name, work] of Object.entries(works)) {
    await t.step(name, async () => {
      const [[first, ...others], tried] = await inOrder(work);
      assertEquals([first, others], ["living", ["dead1", "dead2", "dead3"]]);
      for (const node of others) assert((tried.get(node) ?? 0) > 1, node);
    });
  }
});
