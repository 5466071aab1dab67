import { assert, assertEquals } from "@std/assert";
import { faultsIn, judge, pageOf, TABLE, type Verdict } from "./nights.ts";
import { readNights } from "./testdata/nights.ts";

Deno.test("boot-progress says what nodes really did, in every recorded night", async (t) => {
  const verdicts: Verdict[] = [];
  for (const night of readNights()) {
    await t.step(night.name, async () => {
      const verdict = await judge(night);
      verdicts.push(verdict);
      assertEquals(faultsIn(verdict), []);
    });
  }
  assert(verdicts.length >= 30, `${verdicts.length} nights`);
  await t.step("the page of nights is as it should be", () => {
    assertEquals(Deno.readTextFileSync(TABLE), pageOf(verdicts));
  });
});
