import { assertEquals } from "@std/assert";
import { commandFor } from "../../../lib/cli/command_for.ts";

Deno.test("commandFor() keeps all but the choice of nodes", async (t) => {
  const cases: [args: string[], line: string][] = [
    [[], "pitboot run --nodes ncn-w003"],
    [["--nodes", "ncn-w*"], "pitboot run --nodes ncn-w003"],
    [["--nodes=ncn-w*", "--exclude", "ncn-w001"], "pitboot run --nodes ncn-w003"],
    [["--exclude=a", "-q", "--nodes", "b", "--exclude", "c"], "pitboot run -q --nodes ncn-w003"],
    [
      ["--release", "storage=1.6.1", "--nodes", "ncn-s001", "--timeout=5m"],
      "pitboot run --release storage=1.6.1 --timeout=5m --nodes ncn-w003",
    ],
    [["--password-file", "/root/a b"], "pitboot run --password-file '/root/a b' --nodes ncn-w003"],
  ];
  for (const [args, line] of cases) {
    await t.step(args.join(" "), () => {
      assertEquals(commandFor("ncn-w003", "pitboot run", args), line);
    });
  }
});
