import { assertEquals, assertMatch } from "@std/assert";
import { callHere } from "../installation.ts";
import { checkDocument } from "../kit.ts";
import type { Words } from "../refusals.ts";
import { temporaryDirectory } from "../temporary.ts";

const COMMANDS: readonly Words[] = [
  ["resolve-images"],
  ["bmc-dhcp"],
  ["wait-leases"],
  ["set-links"],
  ["set-links", "--input=/document"],
  ["run"],
  ["status"],
  ["history"],
  ["rollback"],
  ["offline", "--nodes=ncn-w001"],
  ["online", "--nodes=ncn-w001"],
  ["install"],
];

Deno.test("a --root that is not there is said as that", async (t) => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  Deno.writeTextFileSync(`${directory}/file`, "");
  const roots: [root: string, reason: string][] = [
    [`${directory}/none`, "does not exist"],
    [`${directory}/none/`, "does not exist"],
    [`${directory}/file`, "is not a directory"],
    [`${directory}/file/below`, "part of its path is not a directory"],
  ];
  for (const words of COMMANDS) {
    await t.step(words.join(" "), async () => {
      for (const [root, reason] of roots) {
        const { code, stdout, stderr } = await callHere(...words, `--root=${root}`);
        assertEquals(code, 2);
        const said = stderr.replaceAll(directory, "…");
        assertMatch(said, new RegExp(`error: --root …/\\S+: ${reason}\\n {2}hint: name the dir`));
        assertEquals(said.match(/error:/g)?.length, 1);
        if (stdout.startsWith("{")) assertEquals(checkDocument(stdout).status, "failed");
      }
    });
  }
  assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name), ["file"]);
});
