import { assertEquals } from "@std/assert";
import { checkSpace } from "../../../lib/check/check_space.ts";

Deno.test("checkSpace() names each disk that is full, once", () => {
  const space = (path: string, bytes: number) => ({ path, bytes, use: "leases" });
  const found = checkSpace([
    space("/var/www", 2 ** 30),
    space("/var/lib", 2 ** 20),
    space("/var/log", 2 ** 26),
    space("/var/lib", 2 ** 20),
  ]);
  assertEquals(found.map(({ state, message }) => [state, message]), [
    ["failed", "/var/lib has 1 MiB free: no room for leases"],
    ["ok", null],
  ]);
});
