import { assertEquals } from "@std/assert";
import { HAS_WRITER } from "../../../lib/command/chain.ts";
import { temporaryDirectory } from "../../temporary.ts";

Deno.test("hasWriter() sees the command before it in a pipe, and nobody else", async (t) => {
  using temporary = temporaryDirectory();
  const gate = `${temporary.directory}/gate`;
  const check = `sh -c '${HAS_WRITER}'`;
  const cases: [name: string, script: string, expected: number][] = [
    ["a chain", `cat ${gate} | (${check}; code=$?; echo >${gate}; exit $code)`, 0],
    ["a pipe that somebody holds", `exec 3<>${gate}; ${check} <&3`, 1],
    ["nothing", `${check} </dev/null`, 1],
  ];
  await new Deno.Command("mkfifo", { args: [gate] }).output();
  for (const [name, script, expected] of cases) {
    await t.step(name, async () => {
      const { code } = await new Deno.Command("sh", { args: ["-c", script], stdin: "null" })
        .output();
      assertEquals(code, expected);
    });
  }
});
