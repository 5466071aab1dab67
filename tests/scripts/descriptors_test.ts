import { assertEquals } from "@std/assert";
import { checkDocument, shell, temporaryPit } from "../kit.ts";

Deno.test("sessions wait for file descriptors where there are few", async () => {
  using pit = temporaryPit();
  const { code, stdout, stderr } = await shell(pit, "ulimit -n 44; pitboot bmc-dhcp --fanout 64");
  assertEquals(code, 0, stderr);
  const states = checkDocument(stdout).bmcs?.map(({ state }) => state);
  assertEquals(states, Array(9).fill("changed"));
});
