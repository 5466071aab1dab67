import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { diffLines } from "../../../lib/text/diff.ts";

Deno.test("diffLines() lists what goes and what comes", async (t) => {
  const cases: [name: string, before: string, after: string, lines: string[]][] = [
    ["nothing", "a\nb\n", "a\nb\n", []],
    ["a line that changes", "a\nb\nc\n", "a\nB\nc\n", ["-b", "+B"]],
    ["a line that comes", "a\nc\n", "a\nb\nc\n", ["+b"]],
    ["a line that goes", "a\nb\nc\n", "a\nc\n", ["-b"]],
    ["two places", "a\nb\nc\nd\ne\n", "A\nb\nc\nd\nE\n", ["-a", "+A", "-e", "+E"]],
    ["all of it", "a\n", "b\n", ["-a", "+b"]],
    ["no end of the last line", "a\nb", "a\nb\n", ["+"]],
    ["a line twice", "a\na\n", "a\n", ["-a"]],
  ];
  for (const [name, before, after, lines] of cases) {
    await t.step(name, () => assertEquals(diffLines(before, after), lines));
  }
});

Deno.test("diffLines() has all that is different", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
  fc.assert(fc.property(text, text, (old, young) => {
    const lines = diffLines(old.join("\n"), young.join("\n"));
    const count = (texts: readonly string[], mark: string, line: string): number =>
      texts.filter((each) => each === mark + line).length;
    for (const line of new Set([...old, ...young])) {
      const more = count(young, "", line) - count(old, "", line);
      assertEquals(count(lines, "+", line) - count(lines, "-", line), more);
    }
  }));
});

Deno.test("diffLines() compares a large text as a whole", () => {
  const lines = (word: string): string =>
    Array.from({ length: 600 }, (_, i) => word + i).join("\n");
  assertEquals(diffLines(lines("a"), lines("b")).length, 1200);
});
