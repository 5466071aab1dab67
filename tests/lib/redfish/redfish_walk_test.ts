import { assert, assertEquals, assertMatch } from "@std/assert";
import type { CurlRequest } from "../../../lib/redfish/curl_config.ts";
import type { KindName } from "../../lab/redfish/kind.ts";
import { FakeRedfish, walk } from "../../fake_redfish.ts";

type Outcome = readonly [state: string | null, reason: string | null, message?: RegExp | null];
const SWITCHED: Outcome = ["changed", null, null];
const RESET: Outcome = ["reset", null, /^switched to DHCP first$/];

Deno.test("RedfishWalk switches each kind of BMC, and writes no more than it must", async (t) => {
  const cases: [kind: KindName, outcome: Outcome, ipmi: string | null, writes: string[]][] = [
    ["ilo", RESET, "enabled", ["ipmi", "dhcp", "reset"]],
    ["ilo1", RESET, "enabled", ["ipmi", "dhcp", "reset"]],
    ["ilo6", RESET, "enabled", ["ipmi", "dhcp", "reset"]],
    ["ami", SWITCHED, "enabled", ["ipmi", "dhcp"]],
    ["intel", SWITCHED, null, ["dhcp"]],
    ["intel1", [null, "no-dhcp-setting"], null, []],
    ["openbmc", SWITCHED, "enabled", ["ipmi", "dhcp"]],
  ];
  for (const [kind, [state, reason, message = null], ipmi, writes] of cases) {
    await t.step(kind, async () => {
      const bmc = new FakeRedfish(kind);
      const walked = await walk(bmc);
      assertEquals([walked.state, walked.reason, walked.ipmi], [state, reason, ipmi]);
      if (message) assertMatch(walked.message ?? "", message);
      else assertEquals(walked.message, null);
      assertEquals(bmc.accepted, writes);
      assertEquals([bmc.isDhcp, bmc.isIpmiOn], [state !== null, ipmi === "enabled"]);
      assert(walked.isClean && walked.opened === 1);
    });
    await t.step(`${kind} a second time`, async () => {
      const bmc = new FakeRedfish(kind);
      await walk(bmc);
      const [before, done] = [bmc.accepted.length, bmc.isDhcp];
      const again = await walk(bmc);
      assertEquals(bmc.accepted.length, before);
      assertEquals(again.state, done ? "already" : null);
    });
  }
});

Deno.test("RedfishWalk ends alike if it was killed after any request", async (t) => {
  for (const kind of ["ilo", "ilo1", "ami", "intel", "openbmc"] as const) {
    const whole = new FakeRedfish(kind);
    await walk(whole);
    for (let most = 1; most <= whole.steps.length; most++) {
      await t.step(`${kind} after ${most}: ${whole.steps[most - 1]}`, async () => {
        const bmc = new FakeRedfish(kind);
        bmc.most = most;
        const killed = await walk(bmc);
        const hasWritten = bmc.accepted.includes("dhcp");
        if (killed.state === null) assertEquals(killed.reason === "session-lost", hasWritten);
        bmc.most = Infinity;
        const again = await walk(bmc);
        assert(again.state !== null, again.reason ?? "");
        assertEquals([bmc.isDhcp, bmc.isIpmiOn], [true, kind !== "intel"]);
        // Nothing that was done is done again, and one reset is for all.
        assertEquals(bmc.accepted.filter((step) => step === "dhcp").length, 1);
      });
    }
  }
});

Deno.test("RedfishWalk says what is wrong, and changes nothing that was not meant", async (t) => {
  const cases: [
    kind: KindName,
    faults: string[],
    outcome: Outcome,
    writes: string[],
  ][] = [
    ["ilo", ["on:managers:401"], [null, "refused-login"], []],
    ["ilo", ["on:manager:401"], [null, "refused-login"], []],
    ["ilo", ["on:any:password"], [null, "password-expired"], []],
    ["ilo", ["on:managers:privilege"], [null, "refused-role"], []],
    ["ilo", ["on:managers:sessions"], [null, "no-session"], []],
    ["ilo", ["on:managers:503"], [null, "starting"], []],
    ["ilo", ["on:managers:html"], [null, "no-redfish", /not JSON/], []],
    ["ilo", ["on:managers:endless"], [null, "no-redfish", /no end/], []],
    ["ilo", ["on:managers:list"], [null, "no-interface"], []],
    ["ilo", ["on:managers:empty"], [null, "no-redfish"], []],
    ["ilo", ["on:managers:loop"], [null, "redirected"], []],
    ["ilo", ["on:managers:elsewhere"], [null, "redirected", /https:\/\/10\.254\.1\.1/], []],
    ["ilo", ["on:managers:plain"], [null, "redirected", /http:/], []],
    ["ilo", ["on:managers:outside"], [null, "redirected", /login\.html/], []],
    ["ilo", ["on:any:slash"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:managers:silence"], [null, "silent"], []],
    ["ilo", ["on:interface:half:3"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:dhcp:post"], [null, "in-post"], ["ipmi"]],
    ["ilo", ["on:dhcp:post:2"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:dhcp:flashing"], [null, "busy", /ResourceTemporarilyUnavailable/], ["ipmi"]],
    ["ilo", ["on:dhcp:fips"], [null, "refused", /UnsupportedSecurityState/], ["ipmi", "reset"]],
    ["ilo", ["on:dhcp:elsewhere"], [null, "redirected"], ["ipmi", "reset"]],
    ["ilo", ["ipmi", "on:dhcp:fips"], [null, "refused"], []],
    ["ami", ["on:dhcp:fips"], [null, "refused"], ["ipmi"]],
    ["ilo", ["on:ipmi:fips"], ["reset", null, /first$/], ["dhcp", "reset"]],
    ["ilo", ["on:protocol:404"], RESET, ["dhcp", "reset"]],
    ["ilo", ["on:reset:busy"], [null, "not-reset", /DeviceIsBusy/], ["ipmi", "dhcp"]],
    ["ilo", ["on:reset:fips"], [null, "not-reset", /refused to be reset/], ["ipmi", "dhcp"]],
    ["ilo", ["on:reset:error"], [null, "not-reset", /500 InternalError/], ["ipmi", "dhcp"]],
    ["ilo", ["on:reset:error:1"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:ipmi:lost:1"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:ipmi:error:2"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:reset:cut"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:reset:away"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:dhcp:cut"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:dhcp:lost:1"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["on:dhcp:error:1"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["pending"], ["reset", null, /next reset/], ["ipmi", "reset"]],
    ["ilo", ["noreset"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ilo", ["noswitch"], RESET, ["dhcp", "reset"]],
    // What it shows is a wish: the lease decides.
    ["ilo", ["forgets"], RESET, ["ipmi", "dhcp", "reset"]],
    ["ami", ["on:dhcp:cut"], SWITCHED, ["ipmi", "dhcp"]],
    ["ami", ["on:dhcp:away"], [null, "session-lost"], ["ipmi", "dhcp"]],
    ["ami", ["on:ipmi:away"], [null, "no-answer"], ["ipmi"]],
    ["ami", ["on:dhcp:timeout:1"], SWITCHED, ["ipmi", "dhcp"]],
    ["ami", ["quotes"], SWITCHED, ["ipmi", "dhcp"]],
    ["ami", ["star"], SWITCHED, ["ipmi", "dhcp"]],
    ["ami", ["drop"], SWITCHED, ["ipmi", "dhcp"]],
    ["ami", ["forgets"], [null, "not-kept"], ["ipmi", "dhcp"]],
    ["openbmc", ["on:dhcp:428:1"], SWITCHED, ["ipmi", "dhcp"]],
  ];
  for (const [kind, faults, [state, reason, message], writes] of cases) {
    await t.step(`${kind}, ${faults}`, async () => {
      const bmc = new FakeRedfish(kind, faults);
      const walked = await walk(bmc);
      assertEquals([walked.state, walked.reason], [state, reason]);
      if (message) assertMatch(walked.message ?? "", message);
      assertEquals(bmc.accepted, writes);
      assert(walked.isClean);
    });
  }
});

Deno.test("RedfishWalk leaves no wish behind where only IPMI could be turned on", async (t) => {
  const cases: [faults: string[], isOn: boolean, besides: RegExp | null][] = [
    [["on:dhcp:fips"], true, /^IPMI was turned on, and it was reset$/],
    [["on:dhcp:fips", "on:reset:fips"], false, /^IPMI was turned on; it refused to be reset \(400/],
    [["on:dhcp:fips", "on:reset:cut"], true, /^IPMI was turned on, and it was reset$/],
    // Whose host has its self-test, or whose firmware is being written, is left alone.
    [["on:dhcp:post"], false, null],
    [["on:dhcp:flashing"], false, null],
    [["on:dhcp:401"], false, null],
  ];
  for (const [faults, isOn, besides] of cases) {
    await t.step(faults.join(), async () => {
      const bmc = new FakeRedfish("ilo", faults);
      const walked = await walk(bmc);
      assertEquals([walked.state, bmc.isDhcp, bmc.isIpmiOn], [null, false, isOn]);
      if (besides) assertMatch(walked.besides ?? "", besides);
      else assertEquals(walked.besides, null);
    });
  }
});

Deno.test("RedfishWalk takes it for a refusal if a BMC says each time that it cannot be reset", async (t) => {
  for (const [fault, most] of [["error", 4], ["fips", 1]] as const) {
    await t.step(fault, async () => {
      const bmc = new FakeRedfish("ilo", [`on:reset:${fault}`]);
      const walked = await walk(bmc);
      assertEquals(walked.reason, "not-reset");
      assertEquals(bmc.steps.filter((step) => step === "reset").length, most);
    });
  }
  await t.step("503, until the deadline", async () => {
    const bmc = new FakeRedfish("ilo", ["on:reset:503"]);
    await walk(bmc);
    assert(bmc.steps.filter((step) => step === "reset").length > 4);
  });
});

Deno.test("RedfishWalk sends a password once that is refused after the setting was sent", async () => {
  const bmc = new FakeRedfish("ami");
  let refusals = 0;
  const { run } = bmc;
  Object.assign(bmc, {
    run: async ({ ahead = [], ...request }: CurlRequest, signal: AbortSignal) => {
      const isSet = bmc.isDhcp;
      const end = await run(request, signal);
      if (!bmc.isDhcp || !isSet && ahead.length === 0) return end;
      refusals++;
      const refusal = "HTTP/1.1 401 Unauthorized\r\n\r\n\n== pitboot 0.004\n";
      return { ...end, stdout: isSet ? refusal : end.stdout + refusal };
    },
  });
  const walked = await walk(bmc);
  assertEquals([walked.state, walked.reason, refusals], [null, "session-lost", 1]);
});

Deno.test("RedfishWalk sends a password no more after the first refusal, whichever it is", async (t) => {
  for (const isOldCurl of [false, true]) {
    for (const kind of ["ilo", "openbmc"] as const) {
      const whole = new FakeRedfish(kind);
      await walk(whole);
      for (const step of new Set(whole.steps.slice(1))) {
        await t.step(`${kind}, ${step}${isOldCurl ? ", an old curl" : ""}`, async () => {
          const bmc = new FakeRedfish(kind, [`on:${step}:401`]);
          bmc.isOldCurl = isOldCurl;
          await walk(bmc);
          assertEquals(bmc.steps.indexOf(step), bmc.steps.length - 1, bmc.steps.join());
        });
      }
    }
  }
});

Deno.test("RedfishWalk gives way to others while nothing answers", async () => {
  const places: string[] = [];
  const dead = new FakeRedfish("ilo", ["on:root:away"]);
  const giveWay = (): Promise<void> => Promise.resolve(void places.push(dead.steps.join()));
  await walk(dead, { giveWay });
  assertEquals(places.slice(0, 2), ["root,root", "root,root,root"]);
  places.length = 0;
  await walk(new FakeRedfish("ilo", ["on:root:503:2"]), { giveWay });
  assertEquals(places, []);
});

Deno.test("RedfishWalk sends nothing when time is over", async (t) => {
  const cases: [step: string, reason: string][] = [["protocol", "slow"], [
    "dhcp",
    "session-lost",
  ]];
  for (const [step, reason] of cases) {
    await t.step(step, async () => {
      const bmc = new FakeRedfish("ilo");
      await walk(bmc);
      const killed = new FakeRedfish("ilo");
      killed.most = bmc.steps.lastIndexOf(step as "dhcp") + 1;
      const walked = await walk(killed);
      assertEquals([walked.state, walked.reason], [null, reason]);
      assertEquals(killed.steps.length, killed.most);
    });
  }
});

Deno.test("RedfishWalk turns IPMI on and does nothing else where that is all", async (t) => {
  const cases: [kind: KindName, faults: string[], outcome: Outcome, writes: string[]][] = [
    ["ilo", [], ["reset", null, /^IPMI was turned on first$/], ["ipmi", "reset"]],
    ["ilo", ["ipmi"], ["already", null], []],
    ["ami", [], SWITCHED, ["ipmi"]],
    ["openbmc", ["on:ipmi:cut"], SWITCHED, ["ipmi"]],
    ["intel", [], [null, "no-ipmi-switch"], []],
    ["ilo", ["on:ipmi:fips"], [null, "refused", /UnsupportedSecurityState/], []],
    ["ami", ["forgets"], [null, "refused", /^it did not turn IPMI on$/], ["ipmi"]],
  ];
  for (const [kind, faults, [state, reason, message], writes] of cases) {
    await t.step(`${kind}, ${faults}`, async () => {
      const bmc = new FakeRedfish(kind, faults);
      const walked = await walk(bmc, { onlyIpmi: true });
      assertEquals([walked.state, walked.reason], [state, reason]);
      if (message) assertMatch(walked.message ?? "", message);
      assertEquals(bmc.accepted, writes);
      assertEquals(bmc.isDhcp, false);
    });
  }
});

Deno.test("RedfishWalk resets a BMC that is to be reset, and nobody's else's wish", async () => {
  const bmc = new FakeRedfish("ami");
  await walk(bmc);
  const again = await walk(bmc, { reset: true });
  assertEquals([again.state, again.message], ["reset", "was on DHCP already"]);
  assertEquals(bmc.accepted, ["ipmi", "dhcp", "reset"]);
  const dropped = new FakeRedfish("ami", ["forgets"]);
  const reset = await walk(dropped, { reset: true });
  assertEquals([reset.state, reset.message], ["reset", "did not keep the setting"]);
});

Deno.test("RedfishWalk looks again where IPMI is on a little later than it was said to be", async () => {
  const bmc = new FakeRedfish("openbmc");
  const { run } = bmc;
  let before = "";
  let left = 2;
  Object.assign(bmc, {
    run: async ({ ahead: _, ...request }: CurlRequest, signal: AbortSignal) => {
      const end = await run(request, signal);
      if (bmc.steps.at(-1) !== "protocol") return end;
      if (before === "") before = end.stdout;
      return bmc.isIpmiOn && left-- > 0 ? { ...end, stdout: before } : end;
    },
  });
  const walked = await walk(bmc);
  assertEquals([walked.state, walked.ipmi, walked.ipmiTrouble], ["changed", "enabled", null]);
  assertEquals(bmc.accepted, ["ipmi", "dhcp"]);
});

Deno.test("RedfishWalk sends the password once, and only to what has answered as Redfish", async () => {
  const wrong = new FakeRedfish("ilo");
  const walked = await walk(wrong, { password: "other" });
  assertEquals([walked.reason, walked.opened], ["refused-login", 0]);
  assertEquals(wrong.asked.filter(({ authorization }) => authorization !== null).length, 1);
  for (
    const fault of ["on:root:html", "on:root:outside", "on:root:404", "on:root:503", "on:root:list"]
  ) {
    const other = new FakeRedfish("ilo", [fault]);
    const { reason } = await walk(other);
    assert(["no-redfish", "redirected", "starting"].includes(reason ?? ""), `${fault}: ${reason}`);
    assertEquals(other.asked.filter(({ authorization }) => authorization !== null), []);
  }
  const refused = new FakeRedfish("ilo");
  const { reason } = await walk(refused, { mayTry: () => Promise.resolve(false) });
  assertEquals([reason, refused.steps], ["not-asked", ["root"]]);
  const expired = await walk(new FakeRedfish("ilo", ["on:managers:password"]));
  assertEquals([expired.reason, expired.opened], ["password-expired", 1]);
  const named = new FakeRedfish("ilo");
  assertEquals((await walk(named, { user: "a:b" })).reason, "refused-login");
  assertEquals(named.steps, ["root"]);
});

Deno.test("RedfishWalk asks a BMC eleven things, each once but for what was written", async () => {
  const bmc = new FakeRedfish("ilo");
  await walk(bmc);
  assertEquals(bmc.steps, [
    ...["root", "managers", "manager", "interfaces", "protocol", "interface"] as const,
    ...["ipmi", "protocol", "dhcp", "interface", "reset"] as const,
  ]);
});
