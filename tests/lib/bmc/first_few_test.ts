import { assertEquals } from "@std/assert";
import { FirstFew } from "../../../lib/bmc/first_few.ts";

const FANOUT = 64;

Deno.test("FirstFew asks a few, and more with each that lets us in", () => {
  const few = new FirstFew({ fanout: FANOUT, keepGoing: false });
  assertEquals(few.limit(0), 3);
  few.refuse("a");
  assertEquals([few.limit(0), few.verdict], [2, null]);
  few.letIn();
  assertEquals([few.limit(0), few.limit(2)], [4, 6]);
  for (const node of ["b", "c", "d"]) few.refuse(node);
  assertEquals([few.limit(0), few.verdict], [4, null]);
  for (let i = 0; i < 100; i++) few.letIn();
  assertEquals(few.limit(0), FANOUT);
});

Deno.test("FirstFew stops when three refuse", () => {
  const few = new FirstFew({ fanout: FANOUT, keepGoing: false });
  for (const node of ["a", "b", "c"]) few.refuse(node);
  assertEquals([few.limit(0), few.limit(10), few.verdict], [0, 0, ["a", "b", "c"]]);
});

Deno.test("FirstFew asks others in place of the silent", () => {
  const few = new FirstFew({ fanout: FANOUT, keepGoing: false });
  assertEquals([0, 2, 3, 60, 61, 62].map((silent) => few.limit(silent)), [3, 5, 6, 63, 64, 64]);
  few.refuse("a");
  assertEquals(few.limit(2), 4);
});

Deno.test("FirstFew never asks more than the fan-out", () => {
  const few = new FirstFew({ fanout: 1, keepGoing: false });
  assertEquals([few.limit(0), few.limit(10)], [1, 1]);
});

Deno.test("FirstFew keeps going if it is told to", () => {
  const few = new FirstFew({ fanout: FANOUT, keepGoing: true });
  for (const node of ["a", "b", "c", "d"]) few.refuse(node);
  assertEquals([few.limit(0), few.verdict], [FANOUT, null]);
});
