import { assert, assertEquals, assertMatch } from "@std/assert";
import type { RedfishVisit } from "../../../lib/bmc/other_way.ts";
import type { PowerAim } from "../../../lib/power/next_step.ts";
import type { PowerFinding } from "../../../lib/power/power_bmc.ts";
import { PowerWork } from "../../../lib/power/power_work.ts";
import { visitNode } from "../../../lib/power/visit_node.ts";
import { RedfishService } from "../../../lib/redfish/service.ts";
import { FakeClock } from "../../fake_clock.ts";
import { FakeRedfish, KNOWN } from "../../fake_redfish.ts";
import type { KindName } from "../../lab/redfish/kind.ts";
import { LOOK, OFF, ON } from "../../power_aims.ts";

const KINDS = ["ilo", "ilo1", "ilo6", "ami", "intel", "openbmc"] as const;

interface Played extends PowerFinding {
  readonly work: PowerWork;
  readonly log: readonly string[];
}

/** Works on a node to the end, on a clock that does not take time. */
async function play(
  bmc: FakeRedfish,
  aim: PowerAim,
  options: Partial<RedfishVisit> = {},
): Promise<Played> {
  const clock = new FakeClock();
  const deadline = new AbortController();
  const log: string[] = [];
  let stop = (): void => {};
  const extend = (seconds: number): void => {
    stop();
    stop = clock.later(1000 * seconds, () => deadline.abort());
  };
  extend(30);
  const { signal } = deadline;
  const { later } = clock;
  bmc.later = later;
  const work = new PowerWork(aim, {
    timeout: 60,
    settle: 5,
    silence: 30,
    later,
    elapsed: clock.elapsed,
    now: () => Date.now(),
    takeTurn: () => 0,
  });
  const service = new RedfishService({
    address: KNOWN.address,
    pin: null,
    run: bmc.run,
    signal,
    later,
    log: (line) => log.push(line),
  });
  const played = visitNode(work, {
    service,
    user: "root",
    password: "initial0",
    root: null,
    timeout: 30,
    signal,
    interrupt: new AbortController().signal,
    later,
    mayTry: () => Promise.resolve(true),
    giveWay: () => Promise.resolve(),
    onOpen: () => {},
    extend,
    ...options,
  }, { isSwitched: aim.power !== null });
  await clock.advance(300_000);
  stop();
  return { ...await played, work, log };
}

Deno.test("visitNode() switches the node of each kind of BMC", async (t) => {
  for (const kind of KINDS) {
    await t.step(kind, async () => {
      const bmc = new FakeRedfish(kind);
      const on = await play(bmc, ON);
      assertEquals([on.state, on.message], ["on", null], on.log.join("\n"));
      // Where its firmware is set to BIOS, it is told UEFI; an iLO has UEFI, and is not told.
      assertEquals(bmc.switched, ["on e004"]);
      assertEquals(on.work.seen.boot, { device: "pxe", efi: true, persistent: true, valid: true });
      assertEquals((await play(bmc, ON)).state, "already");
      assertEquals((await play(bmc, OFF)).state, "off");
      assertEquals((await play(bmc, OFF)).state, "already");
      const once = await play(bmc, { ...ON, boot: { persistent: false } });
      assertEquals([once.state, bmc.switched.at(-1)], ["on", "on a004"], once.message ?? "");
      assertEquals(bmc.accepted.filter((step) => step === "reset" || step === "dhcp"), []);
    });
  }
});

Deno.test("visitNode() reads what a node is, and writes nothing", async (t) => {
  for (const kind of KINDS) {
    await t.step(kind, async () => {
      const bmc = new FakeRedfish(kind, ["started", "clock:7200", "alwayson"]);
      const { state, work: { seen } } = await play(bmc, LOOK);
      assertEquals([state, bmc.accepted], ["on", []]);
      assertEquals(seen.boot?.device, "none");
      assert(Math.abs((seen.clock ?? 0) + 7200) < 60, `${seen.clock}`);
      assertEquals(seen.policy, kind === "openbmc" ? "on" : null);
    });
  }
});

Deno.test("visitNode() makes of each accident what is true, and starts no node otherwise", async (t) => {
  const refused = /^it refused the boot device \(400 \w+\)$/;
  const cases: [kind: KindName, faults: string[], state: string, words?: RegExp][] = [
    ["openbmc", ["slowpower:20"], "on"],
    ["ilo", ["slowpower:20"], "on"],
    ["ilo", ["slowpower:200"], "failed", /^said yes, still off after 60 s$/],
    ["ami", ["idlepower"], "failed", /^said yes, still off after 60 s$/],
    ["ilo", ["once"], "failed", /^told always, keeps once$/],
    ["intel", ["legacy"], "failed", /^told UEFI, keeps BIOS$/],
    ["ilo", ["legacy"], "failed", /^told UEFI, keeps BIOS$/],
    ["ami", ["forgets"], "failed", /^told PXE, keeps nothing$/],
    ["ilo", ["noboot"], "failed", refused],
    ["ilo", ["strictpower"], "on"],
    // Mode is sent or left out.
    ["openbmc", ["nomode"], "on"],
    ["openbmc", ["needsmode"], "on"],
    ["intel", ["nomode"], "failed", /^told UEFI, keeps BIOS$/],
    ["ilo", ["needsmode"], "failed", /^told UEFI, keeps BIOS$/],
    // If-Match in each form.
    ["ami", ["star"], "on"],
    ["ami", ["bare"], "on"],
    ["ami", ["quotes"], "on"],
    ["ami", ["drop"], "on"],
    ["ilo", ["on:boot:412:1"], "on"],
    ["openbmc", ["on:boot:428:1"], "on"],
    [
      "openbmc",
      ["on:boot:412"],
      "failed",
      /^it refused the boot device \(412 PreconditionFailed\)$/,
    ],
    // The settings for the next start.
    ["ami", ["settings"], "on"],
    ["ami", ["settings", "once"], "failed", /^told always, keeps once$/],
    // Which system.
    ["ami", ["two"], "on"],
    ["ami", ["twins"], "failed", /^cannot tell its node from other systems: Other, Self$/],
    ["ami", ["on:systems:list"], "failed", /^it names no system$/],
    // Busy, starting, in its self-test.
    ["ilo", ["on:boot:post:2"], "on"],
    ["ilo", ["on:boot:post"], "failed", /self-test/],
    ["ilo", ["on:power:busy:2"], "on"],
    ["ilo", ["on:power:busy"], "failed", /DeviceIsBusy/],
    ["openbmc", ["on:power:503:2"], "on"],
    ["openbmc", ["on:any:503:3"], "on"],
    ["openbmc", ["on:power:503"], "unknown", /starting, after it was told: on$/],
    [
      "ilo",
      ["on:power:fips"],
      "failed",
      /^it refused to switch on \(400 UnsupportedSecurityState\)$/,
    ],
    // Answers that are lost.
    ["ilo", ["on:boot:cut:1"], "on"],
    ["ilo", ["on:boot:lost:1"], "on"],
    ["ilo", ["on:boot:silence:1"], "on"],
    ["ilo", ["on:boot:error:1"], "on"],
    ["ilo", ["on:power:cut:1"], "on"],
    ["ilo", ["on:power:lost:1"], "on"],
    ["ami", ["on:power:silence:1"], "on"],
    ["ami", ["on:power:error:1"], "on"],
    ["openbmc", ["on:power:cut:1", "slowpower:10", "strictpower"], "on"],
    ["ilo", ["on:boot:away"], "unreachable"],
    ["ilo", ["on:power:away"], "unknown", /after it was told: on$/],
    // Who may.
    ["ilo", ["on:systems:401"], "denied"],
    ["ilo", ["on:any:password"], "denied"],
    ["ilo", ["on:power:privilege"], "denied"],
  ];
  for (const [kind, faults, state, words] of cases) {
    await t.step(`${kind}, ${faults}`, async () => {
      const bmc = new FakeRedfish(kind, faults);
      const found = await play(bmc, ON);
      assertEquals(found.state, state, `${found.message}\n${found.log.join("\n")}`);
      if (words) assertMatch(found.message ?? "", words);
      const starts = bmc.switched;
      assert(starts.every((each) => each === "on e004"), starts.join());
      // It is on where that is said, and off where it failed.
      if (state === "on") assertEquals(starts, ["on e004"]);
      if (state === "failed" && !faults.includes("slowpower:200")) assertEquals(starts, []);
    });
  }
});

Deno.test("visitNode() does not switch a node that is between on and off", async () => {
  const bmc = new FakeRedfish("openbmc", ["started", "slowpower:1000"]);
  await play(bmc, OFF);
  const refusals = { on: { reason: "would-wipe", message: "it would" } as const, off: null };
  const found = await play(bmc, { ...ON, refusals });
  assertEquals([found.state, found.message], ["failed", "its node is between on and off"]);
  assertEquals((await play(bmc, LOOK)).state, "on");
});

Deno.test("visitNode(), killed after any request, starts no node without its boot device", async (t) => {
  for (const kind of ["ilo", "ami", "intel", "openbmc"] as const) {
    // What comes before, off, is alike with all of them.
    for (const aim of kind === "ilo" ? [ON, { ...ON, mayRestart: true }] : [ON]) {
      const isOn = aim.mayRestart ? ["started"] : [];
      const whole = new FakeRedfish(kind, isOn);
      await play(whole, aim);
      for (let most = 1; most <= whole.steps.length; most++) {
        await t.step(`${kind} after ${most}: ${whole.steps[most - 1]}`, async () => {
          const bmc = new FakeRedfish(kind, isOn);
          bmc.most = most;
          await play(bmc, aim);
          const starts = bmc.switched.filter((each) => each !== "off");
          assert(starts.every((each) => each === "on e004"), starts.join());
          bmc.most = Infinity;
          const again = await play(bmc, ON);
          assert(again.state === "on" || again.state === "already", again.message ?? "");
          assertEquals(bmc.switched.filter((each) => each !== "off").length <= 1, true);
          assertEquals(bmc.isOn, true);
        });
      }
    }
  }
});

Deno.test("visitNode() refuses whom the guard protects, and sends nothing", async () => {
  const refusals = { on: { reason: "would-wipe", message: "it would" } as const, off: null };
  const bmc = new FakeRedfish("ilo", ["started"]);
  const found = await play(bmc, { ...ON, refusals });
  assertEquals([found.state, found.reason, bmc.accepted], ["refused", "would-wipe", []]);
});

Deno.test("visitNode() is not asked where others refuse the password", async () => {
  const bmc = new FakeRedfish("ilo");
  const found = await play(bmc, ON, { mayTry: () => Promise.resolve(false) });
  assertEquals([found.state, found.reason, bmc.steps], ["skipped", "not-asked", ["root"]]);
});
