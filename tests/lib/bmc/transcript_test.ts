import { assert, assertEquals } from "@std/assert";
import { LineLog, MOST_KEPT, RecentText } from "../../../lib/bmc/transcript.ts";

Deno.test("RecentText keeps the end of a long text", () => {
  const recent = new RecentText();
  for (let i = 0; i < 10; i++) recent.add("x".repeat(MOST_KEPT));
  const before = recent.length;
  recent.add("the end");
  assertEquals(before, 10 * MOST_KEPT);
  assert(recent.text.length <= 2 * MOST_KEPT, `${recent.text.length} characters`);
  assertEquals(recent.since(before), "the end");
  assertEquals(recent.since(0), recent.text);
});

Deno.test("RecentText takes what stands before a mark", () => {
  const recent = new RecentText();
  recent.add("one> two");
  assertEquals([recent.takeUntil("> "), recent.takeUntil("> ")], ["one", null]);
  recent.add("> ");
  assertEquals([recent.takeUntil("> "), recent.text], ["two", ""]);
});

Deno.test("LineLog hands on whole lines", () => {
  const lines: string[] = [];
  const log = new LineLog((line) => lines.push(line));
  for (const piece of ["a", "b\nc", "\n\n", "open"]) log.add(piece);
  log.write("ours");
  assertEquals(lines, ["ab", "c", "", "ours"]);
});

Deno.test("LineLog hands on no more than so much, with and without line ends", () => {
  for (const piece of ["x".repeat(1000), `${"x".repeat(999)}\n`, "x\n".repeat(500), "\n"]) {
    const lines: string[] = [];
    const log = new LineLog((line) => lines.push(line));
    for (let i = 0; i < 100_000 && lines.at(-1)?.startsWith("…") !== true; i++) log.add(piece);
    log.add(piece);
    log.write("ours");
    assertEquals(lines.at(-1), "… it says more, which is not logged");
    assert(lines.join("\n").length < MOST_KEPT + 100);
  }
});
