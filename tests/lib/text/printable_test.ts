import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { printable, printableJson } from "../../../lib/text/printable.ts";
import { anyText } from "../../testdata/texts.ts";

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

Deno.test("printable() shows what a terminal would obey", async (t) => {
  const cases: [name: string, text: string, shown: string][] = [
    ["nothing", "", ""],
    ["plain text", "ncn-w001 is näh 東", "ncn-w001 is näh 東"],
    ["an escape sequence", "\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"],
    ["line ends", "a\r\nb", "a\\x0d\\x0ab"],
    ["the nul character", "a\0b", "a\\x00b"],
    ["delete and the 8-bit controls", "\x7f\x9b", "\\x7f\\x9b"],
    ["Unicode line ends", "\u2028\u2029", "\\u2028\\u2029"],
    ["text direction", "\u202eabc\u2066", "\\u202eabc\\u2066"],
    ["marks of direction", "\u061c\u200e\u200f", "\\u061c\\u200e\\u200f"],
  ];
  for (const [name, text, shown] of cases) {
    await t.step(name, () => assertEquals(printable(text), shown));
  }
});

Deno.test("printable() keeps no more than the limit", async (t) => {
  const cases: [name: string, text: string, limit: number, shown: string][] = [
    ["shorter", "abc", 4, "abc"],
    ["as long", "abcd", 4, "abcd"],
    ["longer", "abcde", 4, "abcd…"],
    ["escapes count once", "\x1b\x1b\x1b", 2, "\\x1b\\x1b…"],
    ["nothing", "a", 0, "…"],
  ];
  for (const [name, text, limit, shown] of cases) {
    await t.step(name, () => assertEquals(printable(text, limit), shown));
  }
  await t.step("80 without a limit", () => {
    assertEquals(printable("a".repeat(81)), `${"a".repeat(80)}…`);
  });
});

Deno.test("printable() never shows a control character", () => {
  fc.assert(fc.property(
    anyText(200),
    fc.nat(100),
    (text, limit) => assert(!CONTROL.test(printable(text, limit))),
  ));
});

Deno.test("printable() leaves ordinary text as it is", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme-ascii", maxLength: 80 }),
    (text) => assertEquals(printable(text), text),
  ));
});

Deno.test("printable() does not cut a character in two", () => {
  fc.assert(fc.property(
    fc.array(fc.constantFrom("a", "😀", "東"), { maxLength: 10 }),
    fc.nat(12),
    (letters, limit) => assert(printable(letters.join(""), limit).isWellFormed()),
  ));
});

Deno.test("printableJson() shows nothing that a terminal would obey, and stays the same", () => {
  const value = fc.oneof(fc.jsonValue(), anyText(50));
  fc.assert(fc.property(
    value,
    fc.constantFrom(undefined, 2),
    (value, indent) => {
      const json = printableJson(JSON.stringify(value, null, indent));
      assert(!CONTROL.test(json.replaceAll("\n", "")), json);
      assertEquals(JSON.stringify(JSON.parse(json)), JSON.stringify(value));
    },
  ));
});

Deno.test("printableJson() leaves ordinary letters as they are", () => {
  assertEquals(printableJson('{\n  "näh": "東 😀"\n}'), '{\n  "näh": "東 😀"\n}');
  assertEquals(printableJson('"\x9b\x7f\u2029"'), '"\\u009b\\u007f\\u2029"');
});
