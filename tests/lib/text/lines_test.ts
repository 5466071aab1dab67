import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { breakLines, clip, continued, wrap, wrapList } from "../../../lib/text/lines.ts";

Deno.test("breakLines() puts as many parts in a line as fit", async (t) => {
  const parts = ["aa", "b", "cccc", "d"];
  const cases: [name: string, lines: string[], expected: string[]][] = [
    ["none", breakLines([], { width: 5 }), []],
    ["an empty one", breakLines([""], { width: 5 }), [""]],
    ["without a limit", breakLines(parts, { width: Infinity, between: "-" }), ["aa-b-cccc-d"]],
    ["some", breakLines(parts, { width: 4, between: " " }), ["aa b", "cccc", "d"]],
    ["less in the first", breakLines(parts, { width: 7, first: 3 }), ["aab", "ccccd"]],
    ["one that is too long", breakLines(parts, { width: 1 }), parts],
  ];
  for (const [name, lines, expected] of cases) {
    await t.step(name, () => assertEquals(lines, expected));
  }
});

Deno.test("breakLines() loses nothing, and has no line that is too wide", () => {
  const parts = fc.array(fc.string({ minLength: 1, maxLength: 9 }), { minLength: 1 });
  fc.assert(fc.property(parts, fc.integer({ min: 9, max: 40 }), (parts, width) => {
    const lines = breakLines(parts, { width });
    assertEquals(lines.join(""), parts.join(""));
    assert(lines.every(({ length }) => length <= width));
    // The next part would not have fit.
    const first = parts.findIndex((_, i) => parts.slice(0, i + 1).join("").length > width);
    assertEquals(lines[0], parts.slice(0, first < 0 ? parts.length : first).join(""));
  }));
});

Deno.test("wrap() and wrapList() break where words and items end", () => {
  assertEquals(wrap("a few  words\nmore", 8), ["a few", "words", "more"]);
  assertEquals(wrapList("ncn-w001,ncn-w002 → ncn-w003", 18), [
    "ncn-w001,",
    "ncn-w002 → ",
    "ncn-w003",
  ]);
});

Deno.test("continued() marks all lines but the last", () => {
  assertEquals(continued([], "\\"), []);
  assertEquals(continued(["a", "b", "c"], " \\"), ["a \\", "b \\", "c"]);
});

Deno.test("clip() cuts a line, and shows that it did", async (t) => {
  const cases: [line: string, width: number, clipped: string][] = [
    ["", 0, ""],
    ["", 3, ""],
    ["abc", Infinity, "abc"],
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["abcd", 1, "…"],
  ];
  for (const [line, width, clipped] of cases) {
    await t.step(`${line} ${width}`, () => assertEquals(clip(line, width), clipped));
  }
});
