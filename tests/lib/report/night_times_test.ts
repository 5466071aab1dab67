import { assert, assertEquals } from "@std/assert";
import { scaleMarks, spanWords, timeTag } from "../../../lib/report/night_times.ts";
import fc from "../../npm/fast_check.ts";

const EVENING = Date.UTC(2026, 10, 28, 23, 59, 58);

Deno.test("timeTag() has date and zone, and shows the day where it is another one", () => {
  assertEquals(
    timeTag(EVENING, EVENING).text,
    '<time datetime="2026-11-28T23:59:58.000Z">23:59:58</time>',
  );
  assertEquals(
    timeTag(EVENING + 3000, EVENING).text,
    '<time datetime="2026-11-29T00:00:01.000Z">00:00:01 <small>29 Nov 2026</small></time>',
  );
});

Deno.test("spanWords() says how long something took", () => {
  const cases: [milliseconds: number, words: string][] = [
    [400, "0 s"],
    [59_400, "59 s"],
    [61_000, "1 min 01 s"],
    [3_599_600, "1 h 00 min"],
    [7_320_000, "2 h 02 min"],
  ];
  for (const [milliseconds, words] of cases) assertEquals(spanWords(milliseconds), words);
});

Deno.test("scaleMarks() makes a few marks, whatever the length", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), fc.integer({ min: 60_000, max: 1e13 }), (begin, length) => {
      const marks = scaleMarks(begin, begin + length);
      assert(marks.length <= 7, `${marks}`);
      assert(marks.every((at) => at >= begin && at < begin + length && at % 60_000 === 0));
    }),
  );
});
