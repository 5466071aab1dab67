import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { fitsPattern, isPattern } from "../../../lib/text/pattern.ts";

Deno.test("fitsPattern() says what a regular expression would say", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
  fc.assert(
    fc.property(text, pattern, (text, pattern) => {
      const expected = new RegExp(`^${pattern.replace(/\*+/g, ".*").replaceAll("?", ".")}$`).test(
        text,
      );
      assertEquals(fitsPattern(text, pattern), expected);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("isPattern() tells patterns from names", () => {
  assertEquals(["ncn-w*", "?", "ncn-w001", ""].map(isPattern), [true, true, false, false]);
});

Deno.test("fitsPattern() lets each star take a part of its own", () => {
  assert(!fitsPattern("aba", "ab*ba"));
  assert(fitsPattern("abba", "ab*ba"));
  assert(!fitsPattern("a", "a*a"));
});

Deno.test("fitsPattern() knows at once that nothing fits, however many stars there are", () => {
  // One way after the other, there would be more of them than atoms in the world.
  assert(!fitsPattern("a".repeat(1000), `${"a*".repeat(400)}b`));
  assert(fitsPattern(`${"a".repeat(1000)}b`, `${"a*".repeat(400)}b`));
});
