import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { mapLimited } from "../../../lib/io/map_limited.ts";

/** What goes on at once, and what was begun. */
function worker(): {
  work: (item: number) => Promise<number>;
  readonly most: number;
  readonly begun: readonly number[];
} {
  let now = 0;
  let most = 0;
  const begun: number[] = [];
  const work = async (item: number): Promise<number> => {
    begun.push(item);
    most = Math.max(most, ++now);
    // Later items end before earlier ones.
    for (let i = item % 3; i >= 0; i--) await Promise.resolve();
    now--;
    if (item < 0) throw new Error(`item ${item}`);
    return item * 2;
  };
  return {
    work,
    begun,
    get most(): number {
      return most;
    },
  };
}

Deno.test("mapLimited() works on all items, in any order, and keeps that of the results", async () => {
  const items = fc.array(fc.nat());
  await fc.assert(fc.asyncProperty(items, fc.integer({ min: 1, max: 9 }), async (items, limit) => {
    const all = worker();
    assertEquals(await mapLimited(items, limit, all.work), items.map((item) => item * 2));
    assertEquals(all.begun, items);
    assert(all.most <= limit, `${all.most} at once`);
    assertEquals(all.most, Math.min(limit, items.length));
  }));
});

Deno.test("mapLimited() begins nothing after a failure", async () => {
  const all = worker();
  await assertRejects(() => mapLimited([1, -1, 2, 3, 4, 5, 6, 7, 8, 9], 2, all.work));
  assert(all.begun.length < 6, `${all.begun.length} were begun`);
});
