import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { crc32 } from "../../../lib/images/xz.ts";

Deno.test("crc32() computes the sums that are known", async (t) => {
  const cases: [text: string, sum: number][] = [
    ["", 0],
    ["a", 0xe8b7be43],
    ["123456789", 0xcbf43926], // the check value of the catalogues
    ["The quick brown fox jumps over the lazy dog", 0x414fa339],
  ];
  for (const [text, sum] of cases) {
    await t.step(text || "nothing", () => {
      assertEquals(crc32(new TextEncoder().encode(text)), sum);
    });
  }
});

Deno.test("crc32() is an unsigned 32-bit number", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const sum = crc32(bytes);
    assert(Number.isInteger(sum) && sum >= 0 && sum <= 0xffffffff);
  }));
});

Deno.test("crc32() sees every single changed bit", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 32 });
  fc.assert(fc.property(bytes, fc.nat(), (before, bit) => {
    const after = before.slice();
    const at = bit % (before.length * 8);
    after[at >> 3] = (after[at >> 3] ?? 0) ^ (1 << (at & 7));
    assertNotEquals(crc32(after), crc32(before));
  }));
});
