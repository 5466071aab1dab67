import { assert, assertEquals } from "@std/assert";
import { EXIT, EXIT_MEANINGS } from "../../../lib/document/exit_codes.ts";

Deno.test("EXIT_MEANINGS explains every exit code once", () => {
  const byNumber = (a: number, b: number): number => a - b;
  assertEquals(
    EXIT_MEANINGS.map(([code]) => code).sort(byNumber),
    Object.values(EXIT).sort(byNumber),
  );
  for (const [code, meaning] of EXIT_MEANINGS) assert(meaning, String(code));
});

Deno.test("EXIT codes are what a shell can see", () => {
  for (const [name, code] of Object.entries(EXIT)) {
    assert(Number.isInteger(code) && code >= 0 && code <= 255, name);
  }
  assertEquals(EXIT.done, 0);
});
