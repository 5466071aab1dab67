import { assertEquals } from "@std/assert";
import { turns } from "../../../lib/power/turns.ts";

/** The moments of the turns that are taken at these moments, in milliseconds. */
function momentsOf(stagger: number, taken: readonly number[]): number[] {
  let now = 0;
  const takeTurn = turns(stagger, () => now);
  return taken.map((moment) => {
    now = moment;
    return moment + takeTurn();
  });
}

Deno.test("turns() leaves time between two nodes that start", () => {
  assertEquals(momentsOf(2, [100, 100, 150, 5000]), [100, 2100, 4100, 6100]);
});

Deno.test("turns() gives back no time that nobody used", () => {
  assertEquals(momentsOf(2, [0, 9000, 9000]), [0, 9000, 11_000]);
});

Deno.test("turns() makes nobody wait where no time is to be left", () => {
  assertEquals(momentsOf(0, [5, 5, 6]), [5, 5, 6]);
});
