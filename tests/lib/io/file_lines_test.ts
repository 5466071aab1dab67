import { assertEquals } from "@std/assert";
import { fileLines } from "../../../lib/io/file_lines.ts";

/** A file that gives so many bytes at once. */
function fileOf(text: string, most: number): Pick<Deno.FsFile, "readSync"> {
  let left = new TextEncoder().encode(text);
  return {
    readSync: (buffer) => {
      const count = Math.min(buffer.length, left.length, most);
      buffer.set(left.subarray(0, count));
      left = left.subarray(count);
      return count || null;
    },
  };
}

Deno.test("fileLines() reads lines, however few bytes come at once", () => {
  for (const most of [1, 2, 3, 7, 1000]) {
    const lines = [...fileLines(fileOf("one\n\nthr\u00e9e\n{", most))];
    assertEquals(lines, [
      { number: 1, text: "one", isWhole: true },
      { number: 2, text: "", isWhole: true },
      { number: 3, text: "thr\u00e9e", isWhole: true },
      { number: 4, text: "{", isWhole: false },
    ]);
  }
  assertEquals([...fileLines(fileOf("", 1))], []);
});

Deno.test("fileLines() keeps nothing of a line without measure, and goes on behind it", () => {
  const long = "x".repeat(5 * 1024 * 1024);
  assertEquals([...fileLines(fileOf(`a\n${long}\nb\n`, 100_000))].map(({ text }) => text), [
    "a",
    null,
    "b",
  ]);
});
