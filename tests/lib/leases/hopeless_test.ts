import { assertEquals } from "@std/assert";
import type { Bmc, BmcState } from "../../../lib/document/document.ts";
import { areHopeless } from "../../../lib/leases/hopeless.ts";

Deno.test("areHopeless() gives up only on BMCs that cannot come by themselves", async (t) => {
  const cases: [states: (BmcState | null)[], hopeless: boolean][] = [
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
    // It was spared because another one refused.
    [["denied", "skipped"], true],
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

function bmc(name: string, state: BmcState): Bmc {
  return {
    name,
    node: name,
    address: "10.254.1.1",
    mac: null,
    state,
    channel: null,
    seconds: 0,
    message: null,
  };
}
