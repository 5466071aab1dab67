import { assertEquals } from "@std/assert";
import { EXIT, EXIT_MEANINGS } from "../../../lib/document/exit_codes.ts";

Deno.test("EXIT is what scripts of others rely on, and each code is explained", () => {
  const codes = [0, 1, 2, 3, 4, 5, 124, 130];
  assertEquals(Object.values(EXIT), codes);
  assertEquals(EXIT_MEANINGS.map(([code]) => code), codes);
  assertEquals(EXIT_MEANINGS.filter(([, meaning]) => !/^[a-zA-Z]/.test(meaning)), []);
});
