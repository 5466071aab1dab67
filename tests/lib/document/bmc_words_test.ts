import { assertEquals } from "@std/assert";
import { bmcWord } from "../../../lib/document/bmc_words.ts";
import type { Bmc } from "../../../lib/document/document.ts";

Deno.test("bmcWord() says by which way, and that IPMI is off", async (t) => {
  const cases: [bmc: Pick<Bmc, "state" | "reason" | "by" | "goal">, word: string][] = [
    [{ state: "changed" }, "switched"],
    [{ state: "changed", by: "ipmi" }, "switched"],
    [{ state: "reset", by: "redfish" }, "reset by Redfish"],
    [{ state: "failed", by: "redfish" }, "failed"],
    [{ state: "unreachable", reason: "ipmi-off" }, "IPMI off"],
    [{ state: "changed", by: "redfish", goal: "ipmi" }, "IPMI turned on"],
    [{ state: "already", by: "ipmi", goal: "ipmi" }, "IPMI on already"],
    [{ state: "denied", goal: "ipmi" }, "refused"],
  ];
  for (const [bmc, word] of cases) {
    await t.step(JSON.stringify(bmc), () => assertEquals(bmcWord(bmc), word));
  }
});
