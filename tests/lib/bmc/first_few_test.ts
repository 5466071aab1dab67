import { assertEquals } from "@std/assert";
import { isRefused, mostAtOnce, type Trial } from "../../../lib/bmc/first_few.ts";

const FANOUT = 64;
const NEW: Trial = { letIn: 0, refused: 0, fanout: FANOUT, keepGoing: false };

Deno.test("mostAtOnce() is a few at first, and more with each BMC that lets us in", async (t) => {
  const cases: [name: string, trial: Partial<Trial>, silent: number, most: number][] = [
    ["at first", {}, 0, 3],
    ["one refused", { refused: 1 }, 0, 2],
    ["one refused, one let us in", { refused: 1, letIn: 1 }, 0, 4],
    ["and two are silent", { refused: 1, letIn: 1 }, 2, 6],
    ["many refused, one let us in", { refused: 4, letIn: 1 }, 0, 4],
    ["many let us in", { letIn: 101 }, 0, FANOUT],
    ["others in place of the silent", {}, 2, 5],
    ["nearly all are silent", {}, 60, 63],
    ["all are silent", {}, 62, FANOUT],
    ["some silent, one refused", { refused: 1 }, 2, 4],
    ["three refused", { refused: 3 }, 0, 0],
    ["three refused, others are silent", { refused: 3 }, 10, 0],
    ["a small fan-out", { fanout: 1 }, 10, 1],
    ["told to keep going", { refused: 4, keepGoing: true }, 0, FANOUT],
  ];
  for (const [name, trial, silent, most] of cases) {
    await t.step(name, () => assertEquals(mostAtOnce({ ...NEW, ...trial }, silent), most));
  }
});

Deno.test("isRefused() is so when three refuse, and none lets us in", () => {
  const seen = ([refused, letIn, keepGoing = false]: [number, number, boolean?]): boolean =>
    isRefused({ ...NEW, refused, letIn, keepGoing });
  assertEquals(
    ([[2, 0], [3, 0], [4, 0], [3, 1], [3, 0, true]] as const).map((each) => seen([...each])),
    [false, true, true, false, false],
  );
});
