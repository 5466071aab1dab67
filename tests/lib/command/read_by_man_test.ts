import { assertEquals } from "@std/assert";
import { readByMan } from "../../../lib/command/read_by_man.ts";
import { temporaryDirectory } from "../../temporary.ts";

Deno.test("readByMan() hands on the page and what a pager needs, and no password", async () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  const script = `#!/bin/sh
cat >${directory}/page
echo "$LESS$IPMI_PASSWORD$IPMITOOL_PASSWORD" >${directory}/seen
`;
  Deno.writeTextFileSync(`${directory}/man`, script, { mode: 0o755 });
  const names = { PATH: `${directory}:${Deno.env.get("PATH")}`, LESS: "-R", IPMI_PASSWORD: "x" };
  const usual = Object.keys(names).map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const [name, value] of Object.entries(names)) Deno.env.set(name, value);
    assertEquals(await readByMan(".TH X 8\n"), true);
  } finally {
    for (const [name, value] of usual) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
  assertEquals(Deno.readTextFileSync(`${directory}/page`), ".TH X 8\n");
  assertEquals(Deno.readTextFileSync(`${directory}/seen`), "-R\n");
});
