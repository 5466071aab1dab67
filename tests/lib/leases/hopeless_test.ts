import { assertEquals } from "@std/assert";
import type { Bmc, BmcState } from "../../../lib/document/document.ts";
import { areHopeless, isHopeless } from "../../../lib/leases/hopeless.ts";

Deno.test("areHopeless() gives up only on BMCs that cannot come by themselves", async (t) => {
  const cases: [states: (BmcState | "not-asked" | null)[], hopeless: boolean][] = [
    [["unreachable"], true],
    [["denied", "failed", "unreachable"], true],
    [["changed"], false],
    [["already"], false],
    [["reset"], false],
    [["unknown"], false],
    [["unreachable", "changed"], false],
    // Somebody may set one by hand that nobody has asked.
    [[null], false],
    [["skipped"], false],
    [["denied", "skipped"], false],
    // It was spared because another one refused.
    [["denied", "not-asked"], true],
    [["unreachable", "skipped"], false],
  ];
  for (const [states, hopeless] of cases) {
    await t.step(states.join(), () => {
      const names = states.map((_, i) => `ncn-w00${i}-mgmt`);
      const bmcs = states.flatMap((state, i) => state ? [bmc(names[i] ?? "", state)] : []);
      assertEquals(areHopeless(names, bmcs), hopeless);
    });
  }
});

function bmc(name: string, result: BmcState | "not-asked"): Bmc {
  const [state, reason] = result === "not-asked" ? ["skipped", result] as const : [result, null];
  return {
    name,
    node: name,
    address: "10.254.1.1",
    mac: null,
    state,
    reason,
    channel: null,
    seconds: 0,
    message: null,
  };
}

Deno.test("isHopeless() waits for a BMC that is starting: it may have been told before", () => {
  assertEquals(isHopeless({ state: "unreachable", reason: "starting" }), false);
  assertEquals(isHopeless({ state: "unreachable", reason: "no-answer" }), true);
});
